using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp;

/// <summary>Visits and replaces the memory operands of instructions.</summary>
internal static class OperandMapper
{
    /// <summary>The same instruction with each operand replaced.</summary>
    public static Instruction Map(Instruction instruction, Func<MemoryOperand, MemoryOperand> map) => instruction switch
    {
        VectorLoop loop => loop with { Streams = [.. loop.Streams.Select(stream => Map(stream, map))] },
        MatrixProduct product => product with
        {
            A = Map(product.A, map),
            B = Map(product.B, map),
            C = Map(product.C, map),
            Bias = product.Bias is { } bias ? Map(bias, map) : null,
        },
        FourierFrames fourier => fourier with
        {
            Signal = map(fourier.Signal),
            Output = map(fourier.Output),
            Window = fourier.Window is { } window ? map(window) : null,
        },
        SoftmaxAxis softmax => softmax with { Source = map(softmax.Source), Destination = map(softmax.Destination) },
        StridedCopy copy => copy with { Source = Map(copy.Source, map), Destination = Map(copy.Destination, map) },
        StridedFill fill => fill with { Destination = Map(fill.Destination, map) },
        _ => throw new ArgumentException($"{instruction.GetType().Name} has no operands.", nameof(instruction)),
    };

    /// <summary>The buffers (or regions) that an instruction touches.</summary>
    public static IEnumerable<int> Regions(Instruction instruction) => OperandBounds.Of(instruction).Select(range => range.Memory.Region);

    private static Walk Map(Walk walk, Func<MemoryOperand, MemoryOperand> map) => walk with { Memory = map(walk.Memory) };

    private static MatrixOperand Map(MatrixOperand matrix, Func<MemoryOperand, MemoryOperand> map) => matrix with { Memory = map(matrix.Memory) };
}
