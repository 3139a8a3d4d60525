using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace EdgeAI.Graph.Rewrites;

/// <summary>Attributes by what they say, in any order; graphs, types and sparse tensors are equal only to themselves.</summary>
internal sealed class AttributeComparer : IEqualityComparer<AttributeList>
{
    public static AttributeComparer Instance { get; } = new();

    public bool Equals(AttributeList? x, AttributeList? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && x.Count == y.Count && x.All(attribute => y.TryGet(attribute.Name, out var other) && AreEqual(attribute.Value, other)));

    public int GetHashCode([DisallowNull] AttributeList obj)
    {
        var hash = obj.Count;
        foreach (var attribute in obj)
        {
            hash ^= HashCode.Combine(attribute.Name.GetHashCode(StringComparison.Ordinal), HashOf(attribute.Value));
        }

        return hash;
    }

    /// <summary>Of all that <see cref="AreEqual"/> looks at: what differs in its last element only must not meet in one place of a table.</summary>
    private static int HashOf(AttributeValue value)
    {
        var hash = new HashCode();
        switch (value)
        {
            case AttributeValue.Float one: hash.Add(BitConverter.SingleToInt32Bits(one.Value)); break;
            case AttributeValue.Int one: hash.Add(one.Value); break;
            case AttributeValue.Text one: hash.AddBytes(one.Value.Span); break;
            case AttributeValue.Ints many: hash.AddBytes(MemoryMarshal.AsBytes(many.Values.AsSpan())); break;
            case AttributeValue.Floats many: hash.AddBytes(MemoryMarshal.AsBytes(many.Values.AsSpan())); break;
            case AttributeValue.Texts many:
                foreach (var item in many.Values)
                {
                    hash.AddBytes(item.Span);
                }

                break;
            case AttributeValue.Tensor one:
                hash.Add(one.Value.Type);
                hash.AddBytes(one.Value.Data.Span);
                break;
            default: break;
        }

        return hash.ToHashCode();
    }

    private static bool AreEqual(AttributeValue a, AttributeValue b) => (a, b) switch
    {
        (AttributeValue.Float x, AttributeValue.Float y) => BitConverter.SingleToInt32Bits(x.Value) == BitConverter.SingleToInt32Bits(y.Value),
        (AttributeValue.Int x, AttributeValue.Int y) => x.Value == y.Value,
        (AttributeValue.Text x, AttributeValue.Text y) => x.Value.Span.SequenceEqual(y.Value.Span),
        (AttributeValue.Ints x, AttributeValue.Ints y) => x.Values.AsSpan().SequenceEqual(y.Values.AsSpan()),
        (AttributeValue.Floats x, AttributeValue.Floats y) => x.Values.Select(BitConverter.SingleToInt32Bits).SequenceEqual(y.Values.Select(BitConverter.SingleToInt32Bits)),
        (AttributeValue.Texts x, AttributeValue.Texts y) => x.Values.Length == y.Values.Length && x.Values.Zip(y.Values).All(pair => pair.First.Span.SequenceEqual(pair.Second.Span)),
        (AttributeValue.Tensor x, AttributeValue.Tensor y) => Known.AreEqual(x.Value, y.Value),
        _ => false,
    };
}
