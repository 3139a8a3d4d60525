using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Inference;

/// <summary>Where each element of a result comes from in its operand, both counted row by row; null sources: nothing moves.</summary>
internal sealed record IndexMap(ImmutableArray<long> Extents, long[]? Sources)
{
    /// <summary>Larger results are not mapped element by element.</summary>
    public const long MaximumCount = 1 << 24;

    /// <summary>The same elements in the same order under another shape.</summary>
    public static IndexMap Same(Shape shape) => new([.. shape.ToArray()], null);

    public IntegerTensor? Apply(IntegerTensor source) =>
        Sources is null ? new(Extents, source.Items)
        : Sources.Length > IntegerTensor.MaximumCount ? null
        : new(Extents, [.. Sources.Select(index => source.Items[(int)index])]);

    /// <summary>The moved elements; null for texts and for elements that share a byte, unless nothing moves.</summary>
    public ConstantTensor? Apply(ConstantTensor source)
    {
        var shape = new Shape(Extents.AsSpan());
        if (source.Type == DataType.String)
        {
            return new(shape, Sources is null ? source.Strings : [.. Sources.Select(index => source.Strings[(int)index])]);
        }

        if (Sources is null)
        {
            return new(source.Type, shape, source.Data);
        }

        return source.Type.BitCount() % 8 == 0 ? new(source.Type, shape, Move(source.Data.Span, source.Type.BitCount() / 8, Sources)) : null;
    }

    private static byte[] Move(ReadOnlySpan<byte> source, int size, long[] sources)
    {
        var result = new byte[checked(sources.Length * size)];
        for (var i = 0; i < sources.Length; i++)
        {
            source.Slice(checked((int)(sources[i] * size)), size).CopyTo(result.AsSpan(i * size));
        }

        return result;
    }
}
