using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization.Arithmetic;

namespace EdgeAI.Quantization.Planning;

/// <summary>What Relu and Clip let through.</summary>
internal static class ActivationBounds
{
    /// <summary>And what binary32 loses of it.</summary>
    private const double HalfStep = 0.5001;

    /// <summary>True when zero passes, so that a quantized range, which always holds zero, can end where the node cuts.</summary>
    public static bool HoldZero(Node node) =>
        node.OpType == "Relu" || (Bound(node, 1, "min", float.MinValue) is <= 0 && Bound(node, 2, "max", float.MaxValue) is >= 0);

    /// <summary>
    /// True when the integers stand for nothing that the node would cut off, but for the half step by which the zero point is
    /// rounded.
    /// </summary>
    public static bool Hold(Node node, TensorEncoding encoding)
    {
        var (integers, scale, zeroPoint) = (IntegerRange.Whole(encoding.Type), (double)encoding.Parameters.Scales[0], encoding.Parameters.ZeroPoints[0]);
        var (low, high) = node.OpType == "Relu" ? (0, float.PositiveInfinity)
            : (Bound(node, 1, "min", float.MinValue) ?? float.NaN, Bound(node, 2, "max", float.MaxValue) ?? float.NaN);
        var slack = HalfStep * scale;
        return (integers.Minimum - zeroPoint) * scale >= low - slack && (integers.Maximum - zeroPoint) * scale <= high + slack;
    }

    private static float? Bound(Node node, int index, string attribute, float open) =>
        node.Input(index) is not { } operand ? node.Attributes.Float(attribute, open)
        : operand.Constant is { Type: DataType.Float32 } constant && constant.Shape.ElementCount == 1 ? constant.AsSpan<float>()[0]
        : null;
}
