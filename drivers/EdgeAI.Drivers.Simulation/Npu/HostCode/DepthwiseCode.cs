namespace EdgeAI.Drivers.Simulation.Npu.HostCode;

/// <summary>
/// Depthwise convolution in machine code: one dot-product step takes four rows of a column for as many channels as a vector has lanes.
/// </summary>
internal sealed unsafe class DepthwiseCode
{
    /// <summary>Most pixels of a tile.</summary>
    public const int Pixels = 4;

    /// <summary>Channels of a full block.</summary>
    public const int Channels = 64;

    /// <summary>Two widths, whole and partial.</summary>
    private const int Kinds = 4;

    private static readonly Lazy<DepthwiseCode?> Shared = new(Create);
    private readonly MachineCode _code;

    private DepthwiseCode(MachineCode code) => _code = code;

    /// <summary>Null where the processor has no such instruction or the system forbids code made at run time.</summary>
    public static DepthwiseCode? ForThisProcessor => Shared.Value;

    /// <summary>Runs <see cref="DepthwiseArguments.Tiles"/> tiles.</summary>
    /// <param name="pixels">Pixels of a tile.</param>
    /// <param name="channels">64 or 32: bytes of a vector.</param>
    /// <param name="isPartial">Some of the channels are not there.</param>
    /// <param name="arguments">The row.</param>
    public void Run(int pixels, int channels, bool isPartial, DepthwiseArguments* arguments) =>
        _code.Run((((channels / Channels * 2) + (isPartial ? 1 : 0)) * Pixels) + pixels - 1, arguments);

    private static DepthwiseCode? Create()
    {
        var assembler = new X64Assembler();
        void Write(int i)
        {
            var kind = i / Pixels;
            assembler.VectorBytes = 32 << (kind / 2);
            new RowWriter(assembler, (i % Pixels) + 1, (kind & 1) != 0).Write();
        }

        return MachineCode.Of(assembler, Kinds * Pixels, Write) is { } code ? new(code) : null;
    }

    /// <summary>
    /// One tile. RDI arguments, R8 weights, R9 offsets, R10 units left, R11 the unit's offset, R12 target, R13 columns, R14 tiles left,
    /// R15 pixel step, RBX target step, RBP scratch.
    /// </summary>
    private sealed class RowWriter(X64Assembler assembler, int pixels, bool isPartial)
    {
        private const int Quarters = 4;
        private const int Weights = 16;
        private const int Values = 20;
        private const int Common = 24;

        private static readonly Gpr[] Pointers = [Gpr.Rax, Gpr.Rcx, Gpr.Rdx, Gpr.Rsi];
        private readonly RequantizeWriter _requantize = new(assembler, Common);

        public void Write()
        {
            assembler.Enter();
            assembler.Load(Gpr.Rbp, Argument(DepthwiseArguments.MaskAt));
            assembler.SetMask(Gpr.Rbp);
            assembler.Load(Gpr.R12, Argument(DepthwiseArguments.TargetAt));
            assembler.Load(Gpr.R13, Argument(DepthwiseArguments.ColumnsAt));
            assembler.Load(Gpr.R14, Argument(DepthwiseArguments.TilesAt));
            assembler.Load(Gpr.R15, Argument(DepthwiseArguments.PixelStepAt));
            assembler.Load(Gpr.Rbx, Argument(DepthwiseArguments.TargetStepAt));
            _requantize.Load(DepthwiseArguments.EndingAt);
            var start = assembler.Position;
            Begin();
            var unit = assembler.Position;
            Unit();
            assembler.Decrement(Gpr.R10);
            assembler.JumpIfNotZero(unit);
            End();
            assembler.Decrement(Gpr.R14);
            assembler.JumpIfNotZero(start);
            assembler.Store(Gpr.R12, Argument(DepthwiseArguments.TargetAt));
            assembler.Store(Gpr.R13, Argument(DepthwiseArguments.ColumnsAt));
            assembler.Leave();
        }

        private static MemoryOperand Argument(int at) => new(Gpr.Rdi, at);

        private void Begin()
        {
            assembler.Load(Gpr.Rbp, Argument(DepthwiseArguments.BiasAt));
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                for (var quarter = 0; quarter < Quarters; quarter++)
                {
                    Bias(pixel, quarter);
                }

                assembler.Move(Pointers[pixel], Gpr.R13);
                assembler.Add(Gpr.R13, Gpr.R15);
            }

            assembler.Load(Gpr.R8, Argument(DepthwiseArguments.WeightsAt));
            assembler.Load(Gpr.R9, Argument(DepthwiseArguments.OffsetsAt));
            assembler.Load(Gpr.R10, Argument(DepthwiseArguments.UnitsAt));
        }

        private void Unit()
        {
            assembler.Load(Gpr.R11, new(Gpr.R9));
            assembler.Add(Gpr.R9, sizeof(long));
            for (var quarter = 0; quarter < Quarters; quarter++)
            {
                assembler.Vector(EvexOpcode.Load, Weights + quarter, new MemoryOperand(Gpr.R8, quarter * assembler.VectorBytes));
            }

            assembler.Add(Gpr.R8, Quarters * assembler.VectorBytes);
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                for (var quarter = 0; quarter < Quarters; quarter++)
                {
                    assembler.Vector(EvexOpcode.Load, Values + quarter, new MemoryOperand(Pointers[pixel], quarter * assembler.VectorBytes, Gpr.R11));
                    assembler.Vector(EvexOpcode.DotProduct, (pixel * Quarters) + quarter, Values + quarter, Weights + quarter);
                }
            }
        }

        /// <summary>Loaded for the first pixel and copied for the others.</summary>
        private void Bias(int pixel, int quarter)
        {
            if (pixel == 0)
            {
                assembler.Vector(EvexOpcode.Load, quarter, new MemoryOperand(Gpr.Rbp, quarter * assembler.VectorBytes));
            }
            else
            {
                assembler.Vector(EvexOpcode.Copy, (pixel * Quarters) + quarter, 0, quarter);
            }
        }

        /// <summary>Packing puts the quarters' channels back in order.</summary>
        private void End()
        {
            assembler.Load(Gpr.Rbp, Argument(DepthwiseArguments.MultipliersAt));
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                var first = pixel * Quarters;
                for (var quarter = 0; quarter < Quarters; quarter++)
                {
                    _requantize.Round(first + quarter, new(Gpr.Rbp, quarter * assembler.VectorBytes));
                }

                _requantize.Pack(first, Quarters);
                Store(first);
            }
        }

        private void Store(int bytes)
        {
            if (isPartial)
            {
                assembler.StoreMasked(bytes, new(Gpr.R12));
            }
            else
            {
                assembler.Vector(EvexOpcode.Store, bytes, new MemoryOperand(Gpr.R12));
            }

            assembler.Add(Gpr.R12, Gpr.Rbx);
        }
    }
}
