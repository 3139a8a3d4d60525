using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Quantization.Planning;

/// <summary>What Relu and Clip let through.</summary>
internal static class ActivationBounds
{
    /// <summary>True when zero passes, so that a quantized range, which always holds zero, can end where the node cuts.</summary>
    public static bool HoldZero(Node node) =>
        node.OpType == "Relu" || (Bound(node, 1, "min", float.MinValue) is <= 0 && Bound(node, 2, "max", float.MaxValue) is >= 0);

    private static float? Bound(Node node, int index, string attribute, float open) =>
        node.Input(index) is not { } operand ? node.Attributes.Float(attribute, open)
        : operand.Constant is { Type: DataType.Float32 } constant && constant.Shape.ElementCount == 1 ? constant.AsSpan<float>()[0]
        : null;
}
