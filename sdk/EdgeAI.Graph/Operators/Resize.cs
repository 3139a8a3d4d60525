using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Resamples axes to other extents.</summary>
internal static class Resize
{
    public static OperatorSchema Schema { get; } = new("Resize", 10, 11, 13, 18, 19)
    {
        Inputs = "X:T1 scales:f32@-11 roi?:T2@11 scales?:f32@11 sizes?:i64@11",
        Outputs = "Y:T1",
        Types = "T1=any T2=float",
        Attributes =
            "antialias:int=0@18 axes:ints@18 coordinate_transformation_mode:text=half_pixel@11 " +
            "cubic_coeff_a:float=-0.75@11 exclude_outside:int=0@11 extrapolation_value:float=0.0@11 " +
            "keep_aspect_ratio_policy:text=stretch@18 mode:text=nearest nearest_mode:text=round_prefer_floor@11",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        if (!shape.HasRank)
        {
            context.Set(0, Shape.Unknown);
            return;
        }

        var axes = context.Ints("axes") is { IsDefault: false } given ? context.Axes(given, shape.Rank) : [.. Enumerable.Range(0, shape.Rank)];
        if (context.ConstantOf(context.Version < 11 ? 1 : 2) is { Type: DataType.Float32, Shape.ElementCount: > 0 } scales)
        {
            Scale(context, shape, axes, scales.AsSpan<float>());
        }
        else if (context.IntegersOf(3) is { Items.Length: > 0 } sizes)
        {
            Fit(context, shape, axes, sizes);
        }
        else
        {
            context.Set(0, axes.Aggregate(shape, (result, axis) => result.With(axis, Dimension.Unknown)));
        }
    }

    private static void Scale(InferenceContext context, Shape shape, int[] axes, ReadOnlySpan<float> scales)
    {
        CheckCount(context, axes.Length, scales.Length, "scales");
        var isCropped = context.Text("coordinate_transformation_mode") == "tf_crop_and_resize";
        for (var i = 0; i < axes.Length; i++)
        {
            var extent = shape[axes[i]];
            var result = isCropped ? Dimension.Unknown : Extents.Scale(extent, scales[i]);
            shape = shape.With(axes[i], result);
        }

        context.Set(0, shape);
    }

    private static void Fit(InferenceContext context, Shape shape, int[] axes, IntegerTensor sizes)
    {
        CheckCount(context, axes.Length, sizes.Items.Length, "sizes");
        var policy = context.Text("keep_aspect_ratio_policy");
        var isKept = policy is "not_larger" or "not_smaller";
        var isKnown = sizes.IsKnown && axes.All(axis => shape[axis].IsKnown);
        var ratios = isKept && isKnown ? axes.Select((axis, i) => sizes.Items[i].Value / (float)shape[axis].Value).ToArray() : [];
        var ratio = ratios.Length == 0 ? 0 : policy == "not_larger" ? ratios.Min() : ratios.Max();
        for (var i = 0; i < axes.Length; i++)
        {
            var result = !isKept ? sizes.Items[i].ToDimension()
                : isKnown ? (long)Math.Round(ratio * shape[axes[i]].Value, MidpointRounding.AwayFromZero)
                : Dimension.Unknown;
            shape = shape.With(axes[i], result);
        }

        context.Set(0, shape);
    }

    private static void CheckCount(InferenceContext context, int expected, int found, string what)
    {
        if (found != expected)
        {
            throw context.Error($"found {found} {what}; expected {expected} for operand {context.ShapeOf(0)}.");
        }
    }
}
