using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// Takes a QuantizeLinear out that undoes the DequantizeLinear before it: same 8-bit type, scale and zero point. (q − z)·s / s lies
/// within one rounding of q − z and rounds to it again, so every integer comes back; (q − z)·s is finite.
/// </summary>
internal sealed class RemoveRequantize : GraphRewrite
{
    public override string Name => "remove-requantize";

    protected internal override ImmutableArray<string> Operators => ["QuantizeLinear"];

    protected internal override GraphPatch? Match(Model model, Node node) =>
        node.Is("QuantizeLinear") && node.Input(0)?.Producer is { } inner && inner.Is("DequantizeLinear") && inner.Input(0) is { } source
        && source.Element is DataType.Int8 or DataType.UInt8 && node.Outputs[0]!.Element == source.Element && ReferenceEquals(inner.Graph, node.Graph)
        && HaveEqualParameters(model, node, inner)
            ? Known.Bypass(Name, node, source)
            : null;

    /// <summary>Beyond, some difference of two 8-bit integers times the scale is infinite.</summary>
    private const float LargestScale = float.MaxValue / 512;

    /// <summary>True when both quantize 8-bit integers by the same constants: positive, normal scales of float32, by which no product is infinite.</summary>
    public static bool HaveEqualParameters(Model model, Node a, Node b) =>
        Known.Constant(model, a.Input(1)) is { Type: DataType.Float32 } scale && Known.Constant(model, b.Input(1)) is { } otherScale && Known.AreEqual(scale, otherScale)
        && scale.AsSpan<float>().ToArray().All(item => item > 0 && float.IsNormal(item) && item <= LargestScale)
        && AreEqual(model, a.Input(2), b.Input(2)) && a.Attributes.Count == b.Attributes.Count
        && a.Attributes.Int("axis", 1) == b.Attributes.Int("axis", 1) && a.Attributes.Int("block_size", 0) == b.Attributes.Int("block_size", 0);

    private static bool AreEqual(Model model, Value? a, Value? b) =>
        a is null || b is null ? a is null && b is null
        : Known.Constant(model, a) is { } left && Known.Constant(model, b) is { } right && Known.AreEqual(left, right);
}
