namespace EdgeAI.Quantization;

/// <summary>The smallest and the largest real value that a tensor is to represent.</summary>
public readonly record struct TensorRange(float Minimum, float Maximum)
{
    /// <summary>True when both ends are numbers.</summary>
    public bool IsFinite => float.IsFinite(Minimum) && float.IsFinite(Maximum);

    /// <summary>As wide on both sides of zero as on the wider one.</summary>
    public TensorRange Symmetric()
    {
        var largest = MathF.Max(MathF.Abs(Minimum), MathF.Abs(Maximum));
        return new(-largest, largest);
    }

    /// <summary>The range of both.</summary>
    public TensorRange Union(TensorRange other) => new(MathF.Min(Minimum, other.Minimum), MathF.Max(Maximum, other.Maximum));
}
