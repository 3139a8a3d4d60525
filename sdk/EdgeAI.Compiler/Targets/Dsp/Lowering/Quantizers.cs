using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp.Lowering;

/// <summary>Between real numbers and integers, exactly by ONNX Runtime's rules.</summary>
internal static class Quantizers
{
    private static readonly DataType[] Small = [DataType.UInt8, DataType.Int8, DataType.UInt16, DataType.Int16];
    private static readonly DataType[] Integers = [.. Small, DataType.Int32];

    /// <summary>
    /// q = rne(x / s) + zp, saturated, NaN → lowest. Clamping before or after the rounding is the same because the bounds are
    /// whole numbers, and the sum is exact wherever it does not saturate.
    /// </summary>
    public static NodeLowering Quantize { get; } = new ElementwiseLowering(
        (group, node) =>
        {
            var (loop, x) = (group.Loop, group.Input(node, 0));
            var rounded = loop.Unary(VectorOpcode.Round, loop.Binary(VectorOpcode.Divide, x, group.Parameter(node.Input(1)!, AxisOf(node))));
            var shifted = node.Input(2) is { } zero ? loop.Add(rounded, group.Parameter(zero, AxisOf(node))) : rounded;
            return group.IsReadInside(node.Output(0)!) ? Saturate(loop, shifted, node.Output(0)!.Element) : shifted; // the store saturates
        },
        [DataType.Float32, .. Small], Small, node => NodeChecks.WhyNotType(node, 0, DataType.Float32) ?? WhyNotParameters(node));

    /// <summary>x = (q − zp) · s.</summary>
    public static NodeLowering Dequantize { get; } = new ElementwiseLowering(
        (group, node) =>
        {
            var (loop, q) = (group.Loop, group.Input(node, 0));
            var real = node.Input(2) is { } zero ? loop.Binary(VectorOpcode.Subtract, q, group.Parameter(zero, AxisOf(node))) : q;
            return loop.Multiply(real, group.Parameter(node.Input(1)!, AxisOf(node)));
        },
        [DataType.Float32, .. Integers], whyNot: node => NodeChecks.WhyNotType(node, 0, Integers) ?? WhyNotParameters(node) ?? WhyNotWide(node));

    private static int AxisOf(Node node) => NodeChecks.Axis(node.Attributes.Int("axis", 1), node.Input(0)!.Shape.Rank);

    /// <summary>What the next node reads must be the stored integer, also when it is fused.</summary>
    private static Term Saturate(LoopBuilder loop, Term value, DataType type)
    {
        var (lowest, highest) = type switch
        {
            DataType.UInt8 => (0f, 255f),
            DataType.Int8 => (-128f, 127f),
            DataType.UInt16 => (0f, 65535f),
            _ => (-32768f, 32767f),
        };
        return loop.Binary(VectorOpcode.Minimum, loop.Binary(VectorOpcode.MaximumNumber, value, lowest), highest);
    }

    private static string? WhyNotParameters(Node node) =>
        node.Attributes.Int("block_size", 0) != 0 ? "it is quantized in blocks"
        : NodeChecks.WhyNotConstant(node, 1, 2) ?? NodeChecks.WhyNotType(node, 1, DataType.Float32) ?? WhyNotSlices(node, 1) ?? WhyNotSlices(node, 2);

    private static string? WhyNotSlices(Node node, int input)
    {
        if (node.Input(input) is not { } value || value.Shape.ElementCount == 1)
        {
            return null;
        }

        var (shape, axis) = (node.Input(0)!.Shape, AxisOf(node));
        return value.Shape.Rank == 1 && (uint)axis < (uint)shape.Rank && shape[axis] == value.Shape[0] ? null
            : $"'{value.Name}' is {value.Shape}; expected one element, or one per slice of axis {axis} of {shape}";
    }

    /// <summary>32-bit integers have no zero point, and float32 holds the difference of smaller ones exactly.</summary>
    private static string? WhyNotWide(Node node) =>
        node.Input(0)!.Element == DataType.Int32 && node.Input(2)?.Constant is { } zero && zero.Data.Span.ContainsAnyExcept((byte)0)
            ? "Int32 has a zero point that is not 0" : null;
}
