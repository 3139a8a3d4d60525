using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Inference;

/// <summary>What is known of the elements of a small integer tensor: a shape on its way to a Reshape.</summary>
internal sealed record IntegerTensor(ImmutableArray<long> Extents, ImmutableArray<SymbolicInteger> Items)
{
    /// <summary>Larger tensors are not followed.</summary>
    public const int MaximumCount = 1024;

    /// <summary>True when every element is a number.</summary>
    public bool IsKnown => Items.All(item => item.IsKnown);

    /// <summary>Number of extents.</summary>
    public int Rank => Extents.Length;

    public static IntegerTensor Scalar(SymbolicInteger item) => new([], [item]);

    public static IntegerTensor Vector(ImmutableArray<SymbolicInteger> items) => new([items.Length], items);

    public static IntegerTensor Vector(IEnumerable<Dimension> extents) => Vector([.. extents.Select(SymbolicInteger.Of)]);

    /// <summary>The elements of a small constant of an integer type or Boolean; null for others.</summary>
    public static IntegerTensor? From(ConstantTensor tensor)
    {
        if (tensor.Type is not (DataType.Int64 or DataType.Int32 or DataType.Boolean) || tensor.Shape.ElementCount > MaximumCount)
        {
            return null;
        }

        return new([.. tensor.Shape.ToArray()], [.. tensor.ToInt64().Select(SymbolicInteger.Of)]);
    }

    /// <summary>The constant that it is, of that element type; null where an element is unknown or does not fit.</summary>
    public ConstantTensor? ToConstant(DataType type)
    {
        if (!IsKnown)
        {
            return null;
        }

        var shape = new Shape(Extents.AsSpan());
        var items = Items.Select(item => item.Value).ToArray();
        return type switch
        {
            DataType.Int64 => ConstantTensor.Of<long>(shape, items),
            DataType.Int32 when Array.TrueForAll(items, item => item is >= int.MinValue and <= int.MaxValue) =>
                ConstantTensor.Of<int>(shape, [.. items.Select(item => (int)item)]),
            DataType.Boolean => ConstantTensor.Of<bool>(shape, [.. items.Select(item => item != 0)]),
            _ => null,
        };
    }

    public bool Equals(IntegerTensor? other) =>
        other is not null && Extents.AsSpan().SequenceEqual(other.Extents.AsSpan()) && Items.AsSpan().SequenceEqual(other.Items.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Extents.Length, Items.Length);

    public override string ToString() => $"[{string.Join(',', Items)}]";
}
