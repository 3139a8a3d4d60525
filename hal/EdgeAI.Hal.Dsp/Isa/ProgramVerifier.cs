using System.Collections.Immutable;

namespace EdgeAI.Hal.Dsp.Isa;

/// <summary>
/// Proves before a program runs that it ends, that it stays inside its regions, writes only what it may, fits the unit's
/// tightly coupled memory, and reads no register before it is written.
/// </summary>
internal static class ProgramVerifier
{
    /// <summary>Most steps of one loop dimension.</summary>
    public const long ExtentLimit = int.MaxValue;

    /// <summary>Most elements that one instruction works on, counted with all its loops.</summary>
    public const long WorkLimit = 1L << 42;

    /// <summary>Most cycles of a program: more is refused as a hang.</summary>
    public const long CycleLimit = 1L << 40;

    /// <exception cref="ExecutableFormatException">The program breaks a rule; the message names instruction, operand, found and expected.</exception>
    public static void Verify(DspImage image, DspConfiguration configuration)
    {
        var cycles = 0L;
        for (var i = 0; i < image.Instructions.Length; i++)
        {
            if (WhyNot(image.Instructions[i], image.Regions, configuration) is { } reason)
            {
                throw Bad(i, image.Instructions[i].Opcode, reason);
            }

            cycles += InstructionTiming.Of(image.Instructions[i], configuration).Cycles;
            if (cycles > CycleLimit)
            {
                throw Bad(i, image.Instructions[i].Opcode, $"the program takes more than {CycleLimit} cycles");
            }
        }
    }

    /// <summary>The first rule that an instruction breaks, or null.</summary>
    public static string? WhyNot(Instruction instruction, RegionTable regions, DspConfiguration configuration) =>
        WhyNotExtents(instruction)
        ?? WhyNotShape(instruction)
        ?? WhyNotOperands(instruction, regions)
        ?? WhyNotTiles(instruction, regions, configuration);

    private static string? WhyNotExtents(Instruction instruction)
    {
        Int128 work = 1;
        foreach (var extent in Extents(instruction))
        {
            if (extent is < 1 or > ExtentLimit)
            {
                return $"an extent is {extent}; expected 1 to {ExtentLimit}";
            }

            work *= extent;
            if (work > WorkLimit)
            {
                return $"it works on more than {WorkLimit} elements";
            }
        }

        return null;
    }

    private static ImmutableArray<long> Extents(Instruction instruction) => instruction switch
    {
        VectorLoop loop => loop.Extents,
        MatrixProduct product => [product.Batch, product.Rows, product.Depth, product.Columns],
        FourierFrames fourier => [fourier.Batch, fourier.Frames, fourier.Length],
        SoftmaxAxis softmax => [softmax.Outer, softmax.Count, softmax.Inner],
        StridedCopy copy => copy.Extents,
        StridedFill fill => fill.Extents,
        _ => [],
    };

    private static string? WhyNotShape(Instruction instruction) => instruction switch
    {
        VectorLoop loop => LoopVerifier.WhyNot(loop),
        MatrixProduct product => WhyNotFloat(product.A.Memory, product.B.Memory, product.C.Memory, product.Bias?.Memory ?? product.A.Memory),
        FourierFrames fourier => WhyNotFourier(fourier),
        SoftmaxAxis softmax => WhyNotFloat(softmax.Source, softmax.Destination),
        StridedCopy copy => WhyNotSize(copy.Source.Memory) ?? WhyNotPair(copy.Source.Memory, copy.Destination.Memory),
        StridedFill fill => WhyNotSize(fill.Destination.Memory),
        _ => $"{instruction.GetType().Name} is unknown",
    };

    private static string? WhyNotFourier(FourierFrames fourier) =>
        fourier.Length > InstructionTiming.FourierLengthLimit ? $"the frame length is {fourier.Length}; expected at most {InstructionTiming.FourierLengthLimit}"
        : fourier.Hop is < 1 or > ExtentLimit ? $"the hop is {fourier.Hop}; expected 1 to {ExtentLimit}"
        : WhyNotFloat(fourier.Signal, fourier.Output, fourier.Window ?? fourier.Signal);

    private static string? WhyNotFloat(params ReadOnlySpan<MemoryOperand> operands)
    {
        foreach (var operand in operands)
        {
            if (operand.Type != DataType.Float32)
            {
                return $"an operand's type is {operand.Type}; expected Float32";
            }
        }

        return null;
    }

    private static string? WhyNotSize(MemoryOperand operand) =>
        operand.Type.BitCount() is 8 or 16 or 32 or 64 ? null : $"elements of {operand.Type} are not of 1, 2, 4 or 8 bytes";

    private static string? WhyNotPair(MemoryOperand source, MemoryOperand destination) =>
        source.Type == destination.Type ? null : $"the source is {source.Type} and the destination {destination.Type}; a copy does not convert";

    private static string? WhyNotOperands(Instruction instruction, RegionTable regions)
    {
        foreach (var range in OperandBounds.Of(instruction))
        {
            if (range.Memory.Region >= regions.Count)
            {
                return $"operand {range.Name} names region {range.Memory.Region}; there are {regions.Count}";
            }

            var (name, size) = (regions.Name(range.Memory.Region), regions.ByteCount(range.Memory.Region));
            if (range.First < 0 || range.End > size)
            {
                return $"operand {range.Name} touches bytes {range.First} to {range.End} of {name}, which has {size}";
            }

            if (range.IsWritten && !regions.IsWritable(range.Memory.Region))
            {
                return $"operand {range.Name} writes {name}, which is read-only";
            }
        }

        return null;
    }

    private static string? WhyNotTiles(Instruction instruction, RegionTable regions, DspConfiguration configuration)
    {
        var tiles = InstructionTiming.TileBytes(instruction, configuration);
        return regions.TcmBytes <= configuration.TcmBytes - tiles ? null
            : $"it needs {tiles} bytes of tiles beside {regions.TcmBytes} resident bytes; the unit has {configuration.TcmBytes}";
    }

    private static ExecutableFormatException Bad(int index, Opcode opcode, string reason) => new($"DSP instruction {index} ({opcode}): {reason}.");
}
