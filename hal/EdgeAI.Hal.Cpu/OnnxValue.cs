using System.Collections.Immutable;

namespace EdgeAI.Hal.Cpu;

/// <summary>A copy of any value that a model yields: tensors, and what classical machine-learning operators put around them.</summary>
public abstract record OnnxValue
{
    private OnnxValue()
    {
    }

    /// <summary>A tensor of a fixed-size type; the data is dense, in the host's byte order.</summary>
    public sealed record Tensor(DataType Type, Shape Shape, ImmutableArray<byte> Data) : OnnxValue
    {
        /// <inheritdoc/>
        public bool Equals(Tensor? other) =>
            other is not null && Type == other.Type && Shape == other.Shape && Data.AsSpan().SequenceEqual(other.Data.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Type, Shape, Data.Length);
    }

    /// <summary>A tensor of strings, in element order.</summary>
    public sealed record Texts(Shape Shape, ImmutableArray<string> Items) : OnnxValue
    {
        /// <inheritdoc/>
        public bool Equals(Texts? other) => other is not null && Shape == other.Shape && Items.AsSpan().SequenceEqual(other.Items.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Shape, Items.Length);
    }

    /// <summary>A sequence of values.</summary>
    public sealed record Sequence(ImmutableArray<OnnxValue> Items) : OnnxValue
    {
        /// <inheritdoc/>
        public bool Equals(Sequence? other) => other is not null && Items.AsSpan().SequenceEqual(other.Items.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode() => Items.Length;
    }

    /// <summary>A map: a tensor of keys and one of as many values.</summary>
    public sealed record Map(OnnxValue Keys, OnnxValue Values) : OnnxValue;

    /// <summary>An optional that is not there. It can be read, not fed.</summary>
    public sealed record Absent : OnnxValue;
}
