using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Bounds of Clip: operands since operator set 11, attributes before.</summary>
internal static class ClipBounds
{
    public static (float Low, float High) Read(Node clip) => (
        Bound(clip, 1) ?? clip.Attributes.Float("min", float.MinValue),
        Bound(clip, 2) ?? clip.Attributes.Float("max", float.MaxValue));

    /// <summary>
    /// Null when quantization implies the activation, so that ONNX Runtime drops it; else the reason: it then stays in float
    /// and its neighbour with it.
    /// </summary>
    public static string? WhyNotImplied(Node activation, Quantization output)
    {
        var (lowest, highest) = (output.Dequantize(output.Minimum), output.Dequantize(output.Maximum));
        var (low, high) = activation.Is("Relu") ? (0f, float.MaxValue) : Read(activation);
        return low <= lowest && high >= highest ? null
            : $"{activation} bounds to {low:g6}…{high:g6} inside the result's range {lowest:g6}…{highest:g6}; expected bounds that quantization implies, otherwise ONNX Runtime computes in float";
    }

    /// <summary>The integers between which an activation leaves results; all of them without one.</summary>
    public static (int Low, int High) Limits(Node? activation, Quantization output)
    {
        if (activation is null)
        {
            return (output.Minimum, output.Maximum);
        }

        var (low, high) = activation.Is("Relu") ? (0f, float.MaxValue) : Read(activation);
        return (output.Quantize(low), output.Quantize(high));
    }

    private static float? Bound(Node clip, int index) =>
        clip.Input(index)?.Constant is { Type: DataType.Float32 } constant && constant.Shape.ElementCount == 1 ? constant.AsSpan<float>()[0] : null;
}
