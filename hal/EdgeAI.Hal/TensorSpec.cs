using System.Collections.Immutable;

namespace EdgeAI.Hal;

/// <summary>How integers stand for real numbers: real = (q − zero point) · scale, per tensor or per slice of one axis.</summary>
/// <param name="Scales">One scale per tensor, or one per slice along <paramref name="Axis"/>.</param>
/// <param name="ZeroPoints">As many zero points as scales.</param>
/// <param name="Axis">The axis of per-slice parameters; null when there is one scale for the tensor.</param>
public sealed record QuantizationParameters(ImmutableArray<float> Scales, ImmutableArray<int> ZeroPoints, int? Axis = null)
{
    /// <summary>One scale and zero point for the whole tensor.</summary>
    public static QuantizationParameters PerTensor(float scale, int zeroPoint) => new([scale], [zeroPoint]);

    /// <inheritdoc/>
    public bool Equals(QuantizationParameters? other) =>
        other is not null && Axis == other.Axis
        && Scales.AsSpan().SequenceEqual(other.Scales.AsSpan())
        && ZeroPoints.AsSpan().SequenceEqual(other.ZeroPoints.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Axis, Scales.Length, Scales.Length > 0 ? Scales[0] : 0, ZeroPoints.Length > 0 ? ZeroPoints[0] : 0);
}

/// <summary>Name, element type and shape of a tensor that crosses a border: a model's or an executable's input or output.</summary>
/// <param name="Name">As the model names it.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Extents, outermost first.</param>
/// <param name="Quantization">What the integers mean, where that is known.</param>
public sealed record TensorSpec(string Name, DataType Type, Shape Shape, QuantizationParameters? Quantization = null)
{
    /// <summary>True when type and shape fix the size in bytes.</summary>
    public bool HasByteCount => Type.IsFixedSize() && Shape.IsStatic;

    /// <summary>Bytes of the dense tensor.</summary>
    /// <exception cref="InvalidOperationException">The shape is not static.</exception>
    public long ByteCount => Type.ByteCount(Shape.ElementCount);

    /// <summary>"scores: Float32[1,12]".</summary>
    public override string ToString() => $"{Name}: {Type}{Shape}";
}
