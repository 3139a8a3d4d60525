using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu.HostCode;

/// <summary>What a tile does with its accumulators.</summary>
[Flags]
internal enum TileEnding
{
    /// <summary>Requantizes them to bytes.</summary>
    Whole = 0,

    /// <summary>The last block has fewer than 16 outputs: bytes are stored by the mask.</summary>
    Partial = 1,

    /// <summary>Zero points of weights are taken away first.</summary>
    ZeroPoints = 2,

    /// <summary>Stores them as they are, at the targets: one pixel.</summary>
    Raw = 4,
}

/// <summary>
/// Tiles of a convolution in machine code that is made at run time: the dot-product instruction on 512 bits, which .NET 10 does not
/// expose. Same bits as <see cref="VectorTile"/>.
/// </summary>
internal sealed unsafe class TileCode
{
    /// <summary>Most pixels of a tile.</summary>
    public const int Pixels = 6;

    /// <summary>Most blocks of 16 outputs of a tile: 24 accumulators, 4 weights and 4 values fill the 32 registers.</summary>
    public const int Blocks = 4;

    /// <summary>Each of the four ways to requantize for all sizes, raw sums for one pixel.</summary>
    private const int Routines = (((int)TileEnding.Raw * Pixels) + 1) * Blocks;

    private static readonly Lazy<TileCode?> Shared = new(Create);
    private readonly MachineCode _code;

    private TileCode(MachineCode code) => _code = code;

    /// <summary>Null where the processor has no such instruction or the system forbids code made at run time.</summary>
    public static TileCode? ForThisProcessor => Shared.Value;

    /// <summary>Runs <see cref="TileArguments.Tiles"/> tiles of that many pixels and blocks.</summary>
    public void Run(int pixels, int blocks, TileEnding ending, TileArguments* arguments)
    {
        arguments->Order = (int*)_code.Start;
        _code.Run(Index(pixels, blocks, ending), arguments);
    }

    private static int Index(int pixels, int blocks, TileEnding ending) => ((((int)ending * Pixels) + pixels - 1) * Blocks) + blocks - 1;

    private static TileCode? Create()
    {
        var assembler = new X64Assembler();
        for (var i = 0; i < WeightPacking.BrickOutputs; i++)
        {
            assembler.Data((i % 4 * 4) + (i / 4));
        }

        void Write(int i) => new TileWriter(assembler, (i / Blocks % Pixels) + 1, (i % Blocks) + 1, (TileEnding)(i / (Blocks * Pixels))).Write();
        return MachineCode.Of(assembler, Routines, Write) is { } code ? new(code) : null;
    }

    /// <summary>
    /// One tile. RDI arguments, R10 weights, R11 and RBX one and three times the stride of the blocks' weights, R12 taps, R13 taps left,
    /// R14 tiles left, R15 bytes of a pixel's taps, RBP the place in a tap and scratch.
    /// </summary>
    private sealed class TileWriter(X64Assembler assembler, int pixels, int blocks, TileEnding ending)
    {
        private const int Values = 24;
        private const int Weights = 28;
        private const int FourLanes = 4;
        private const int Order = Weights + RequantizeWriter.Registers - 1;

        private static readonly Gpr[] Pointers = [Gpr.Rax, Gpr.Rcx, Gpr.Rdx, Gpr.Rsi, Gpr.R8, Gpr.R9];
        private readonly RequantizeWriter _requantize = new(assembler, Values);

        public void Write()
        {
            assembler.Enter();
            assembler.Load(Gpr.Rbp, Argument(TileArguments.MaskAt));
            assembler.SetMask(Gpr.Rbp);
            assembler.Load(Gpr.R11, Argument(TileArguments.WeightStrideAt));
            assembler.Address(Gpr.Rbx, new(Gpr.R11, 0, Gpr.R11, 2));
            assembler.Load(Gpr.R12, Argument(TileArguments.TapsAt));
            assembler.Load(Gpr.R14, Argument(TileArguments.TilesAt));
            assembler.Load(Gpr.R15, Argument(TileArguments.TapBytesAt));
            var start = assembler.Position;
            Accumulate();
            End();
            for (var pixel = 1; pixel < pixels; pixel++)
            {
                assembler.Add(Gpr.R12, Gpr.R15);
            }

            assembler.Decrement(Gpr.R14);
            assembler.JumpIfNotZero(start);
            assembler.Leave();
        }

        private static MemoryOperand Argument(int at) => new(Gpr.Rdi, at);

        private int Accumulator(int pixel, int block) => (pixel * blocks) + block;

        private void Accumulate()
        {
            assembler.Load(Gpr.Rbp, Argument(TileArguments.BiasAt));
            for (var block = 0; block < blocks; block++)
            {
                assembler.Vector(EvexOpcode.Load, block, new MemoryOperand(Gpr.Rbp, 64 * block));
            }

            for (var accumulator = blocks; accumulator < pixels * blocks; accumulator++)
            {
                assembler.Vector(EvexOpcode.Copy, accumulator, 0, accumulator % blocks);
            }

            assembler.Load(Gpr.R10, Argument(TileArguments.WeightsAt));
            assembler.Load(Gpr.R13, Argument(TileArguments.TapCountAt));
            var tap = assembler.Position;
            LoadPointers();
            assembler.Load(Gpr.Rbp, Argument(TileArguments.NegativeDepthAt));
            var step = assembler.Position;
            Step();
            assembler.Add(Gpr.Rbp, WeightPacking.BrickDepth);
            assembler.JumpIfNotZero(step);
            assembler.Decrement(Gpr.R13);
            assembler.JumpIfNotZero(tap);
        }

        /// <summary>Where the tap lies for each pixel; R12 goes on to the next tap.</summary>
        private void LoadPointers()
        {
            assembler.Move(Gpr.Rbp, Gpr.R12);
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                assembler.Load(Pointers[pixel], new(Gpr.Rbp));
                assembler.Add(Pointers[pixel], Argument(TileArguments.InputOffsetAt));
                assembler.Add(Gpr.Rbp, Gpr.R15);
            }

            assembler.Add(Gpr.R12, sizeof(long));
        }

        /// <summary>Four steps of the reduction.</summary>
        private void Step()
        {
            MemoryOperand[] places = [new(Gpr.R10), new(Gpr.R10, 0, Gpr.R11), new(Gpr.R10, 0, Gpr.R11, 2), new(Gpr.R10, 0, Gpr.Rbx)];
            for (var block = 0; block < blocks; block++)
            {
                assembler.Vector(EvexOpcode.Load, Weights + block, places[block]);
            }

            assembler.Add(Gpr.R10, WeightPacking.BrickBytes);
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                var value = Values + (pixel % FourLanes);
                assembler.Vector(EvexOpcode.Broadcast, value, new MemoryOperand(Pointers[pixel], 0, Gpr.Rbp));
                for (var block = 0; block < blocks; block++)
                {
                    assembler.Vector(EvexOpcode.DotProduct, Accumulator(pixel, block), value, Weights + block);
                }
            }
        }

        private void End()
        {
            if (ending.HasFlag(TileEnding.ZeroPoints))
            {
                TakeZeroPoints();
            }

            if (!ending.HasFlag(TileEnding.Raw))
            {
                _requantize.Load(TileArguments.EndingAt);
                assembler.Load(Gpr.Rbp, Argument(TileArguments.OrderAt));
                assembler.Vector(EvexOpcode.Load, Order, new MemoryOperand(Gpr.Rbp));
                assembler.Load(Gpr.Rbp, Argument(TileArguments.MultipliersAt));
            }

            assembler.Load(Gpr.R10, Argument(TileArguments.TargetsAt));
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                assembler.Load(Gpr.Rax, new(Gpr.R10, sizeof(long) * pixel));
                assembler.Add(Gpr.Rax, Argument(TileArguments.TargetOffsetAt));
                Store(Accumulator(pixel, 0));
            }

            assembler.Add(Gpr.R10, sizeof(long) * pixels);
            assembler.Store(Gpr.R10, Argument(TileArguments.TargetsAt));
        }

        private void TakeZeroPoints()
        {
            assembler.Load(Gpr.Rbp, Argument(TileArguments.ZeroPointsAt));
            assembler.Load(Gpr.R10, Argument(TileArguments.SumsAt));
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                assembler.Vector(EvexOpcode.Broadcast, Values, new MemoryOperand(Gpr.R10, sizeof(int) * pixel));
                for (var block = 0; block < blocks; block++)
                {
                    assembler.Vector(EvexOpcode.Load, Values + 1, new MemoryOperand(Gpr.Rbp, 64 * block));
                    assembler.Vector(EvexOpcode.Multiply, Values + 1, Values + 1, Values);
                    assembler.Vector(EvexOpcode.Subtract, Accumulator(pixel, block), Accumulator(pixel, block), Values + 1);
                }
            }

            assembler.Add(Gpr.R10, sizeof(int) * pixels);
            assembler.Store(Gpr.R10, Argument(TileArguments.SumsAt));
        }

        /// <summary>The outputs of a pixel. Packing leaves quadruples of all blocks in turn, which the permutation puts in order.</summary>
        private void Store(int first)
        {
            var place = new MemoryOperand(Gpr.Rax);
            for (var block = 0; block < blocks; block++)
            {
                if (ending.HasFlag(TileEnding.Raw))
                {
                    assembler.Vector(EvexOpcode.Store, first + block, new MemoryOperand(Gpr.Rax, 64 * block));
                    continue;
                }

                _requantize.Round(first + block, new(Gpr.Rbp, 64 * block));
            }

            if (ending.HasFlag(TileEnding.Raw))
            {
                return;
            }

            _requantize.Pack(first, blocks);
            assembler.Vector(EvexOpcode.Permute, first, Order, first);
            if (ending.HasFlag(TileEnding.Partial) || blocks == 3)
            {
                assembler.StoreMasked(first, place);
            }
            else
            {
                assembler.StoreLowest(16 * blocks, first, place);
            }
        }
    }
}
