using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Which positions of an axis Resize reads, in float32 as ONNX Runtime computes them.</summary>
internal static class ResizeCoordinates
{
    private static readonly string[] Transformations = ["half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners", "half_pixel_symmetric", "tf_half_pixel_for_nn"];
    private static readonly string[] Roundings = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"];

    /// <summary>Null, or which way of computing positions is not here.</summary>
    public static string? WhyNot(UnitView unit) =>
        !Transformations.Contains(Transformation(unit)) ? $"coordinates by '{Transformation(unit)}'; expected {string.Join(", ", Transformations)}"
        : !Roundings.Contains(Rounding(unit)) ? $"rounding by '{Rounding(unit)}'; expected {string.Join(", ", Roundings)}"
        : Scales(unit).Length is var count && count > 0 && count != AxisCount(unit) ? $"{count} scales for {AxisCount(unit)} axes"
        : unit.Anchor.Attributes.Text("keep_aspect_ratio_policy", "stretch") != "stretch" ? "keep_aspect_ratio_policy is set"
        : null;

    /// <summary>The nearest position of each result along an axis.</summary>
    public static int[] Nearest(UnitView unit, int axis)
    {
        var (input, output, scale) = Axis(unit, axis);
        var rounding = IsOld(unit) ? scale < 1 ? "ceil" : "floor" : Rounding(unit);
        return [.. Enumerable.Range(0, output).Select(i => scale == 1 ? Math.Min(i, input - 1) : Math.Clamp(Round(rounding, Original(unit, i, input, output, scale)), 0, input - 1))];
    }

    /// <summary>Two neighbours of each result along an axis and their weights.</summary>
    public static LinearEntry[] Linear(UnitView unit, int axis)
    {
        var (input, output, scale) = Axis(unit, axis);
        return [.. Enumerable.Range(0, output).Select(i => Between(scale == 1 ? i : Original(unit, i, input, output, scale), input))];
    }

    private static LinearEntry Between(float original, int input)
    {
        var position = Math.Max(0f, Math.Min(original, input - 1));
        var first = Math.Min((int)position, input - 1);
        var second = Math.Min(first + 1, input - 1);
        return first == second ? new LinearEntry(first, second, 0.5f, 0.5f) : new LinearEntry(first, second, MathF.Abs(position - second), MathF.Abs(position - first));
    }

    private static float Original(UnitView unit, int position, int input, int output, float scale) => Transformation(unit) switch
    {
        "asymmetric" => position / scale,
        "pytorch_half_pixel" => output > 1 ? ((position + 0.5f) / scale) - 0.5f : 0,
        "tf_half_pixel_for_nn" => (position + 0.5f) / scale,
        "align_corners" => output == 1 ? 0 : position * (input - 1f) / (output - 1f),
        "half_pixel_symmetric" => Symmetric(position, input, output, scale),
        _ => ((position + 0.5f) / scale) - 0.5f,
    };

    private static float Symmetric(int position, int input, int output, float scale)
    {
        var adjustment = output / (scale * input);
        var offset = input / 2f * (1 - adjustment);
        return (float)(offset + ((position + 0.5) / scale) - 0.5);
    }

    private static int Round(string rounding, float position) => (int)(rounding switch
    {
        "floor" => MathF.Floor(position),
        "ceil" => MathF.Ceiling(position),
        "round_prefer_ceil" => MathF.Round(position, MidpointRounding.AwayFromZero),
        _ => position == (int)position + 0.5f ? MathF.Floor(position) : MathF.Round(position, MidpointRounding.AwayFromZero),
    });

    /// <summary>Extents before and after, and the scale that the node says, or that follows from the sizes.</summary>
    private static (int Input, int Output, float Scale) Axis(UnitView unit, int axis)
    {
        var (input, output) = ((int)LoweringContext.Extents(unit.Input(0)!.Value)[axis], (int)LoweringContext.Extents(unit.Output!.Value)[axis]);
        var rank = unit.Input(0)!.Value.Shape.Rank;
        var scales = Scales(unit);
        var place = unit.Anchor.Attributes.Ints("axes") is { IsDefault: false } axes ? axes.IndexOf(axis) is var at and >= 0 ? at : axes.IndexOf(axis - rank) : axis;
        return (input, output, scales.Length == 0 ? (float)output / input : place < 0 ? 1 : scales[place]);
    }

    private static int AxisCount(UnitView unit) => unit.Anchor.Attributes.Ints("axes") is { IsDefault: false } axes ? axes.Length : unit.Input(0)!.Value.Shape.Rank;

    private static float[] Scales(UnitView unit)
    {
        var given = unit.Anchor.Input(IsOld(unit) ? 1 : 2)?.Constant;
        return given is { Type: DataType.Float32 } ? given.AsSpan<float>().ToArray()
            : unit.Anchor.Attributes.Floats("scales") is { IsDefault: false } old ? [.. old] : [];
    }

    /// <summary>True for the forms before operator set 11: scales alone, positions without an offset.</summary>
    private static bool IsOld(UnitView unit) => unit.Anchor.Inputs.Count <= 2;

    private static string Transformation(UnitView unit) => unit.Anchor.Attributes.Text("coordinate_transformation_mode", IsOld(unit) ? "asymmetric" : "half_pixel");

    private static string Rounding(UnitView unit) => unit.Anchor.Attributes.Text("nearest_mode", "round_prefer_floor");
}
