using System.Collections.Immutable;
using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>Pools over windows, and over everything.</summary>
internal static class Pooling
{
    /// <summary>Windows over the spatial axes; a second result (indices) has the same shape.</summary>
    public static void Infer(InferenceContext context)
    {
        var shape = Result(context, context.ShapeOf(0));
        context.Set(0, shape);
        context.Set(1, DataType.Int64, shape);
    }

    /// <summary>The same with the channels behind the spatial axes.</summary>
    public static void InferChannelsLast(InferenceContext context) =>
        context.Set(0, Layout.ChannelsLast(Result(context, Layout.ChannelsFirst(context.ShapeOf(0)))));

    private static Shape Result(InferenceContext context, Shape data)
    {
        var kernel = context.Ints("kernel_shape");
        if (kernel.IsDefault)
        {
            throw context.Error("attribute 'kernel_shape' is missing.");
        }

        return data.HasRank
            ? new Shape([data[0], data.Rank > 1 ? data[1] : Dimension.Unknown, .. Convolution.Spatial(context, data, kernel)])
            : Extents.OfRank(kernel.Length + 2);
    }

    /// <summary>1 in place of every spatial extent.</summary>
    public static void Global(InferenceContext context)
    {
        var data = context.ShapeOf(0);
        context.Set(0, data.HasRank
            ? new Shape(data.Select((extent, axis) => axis < 2 ? extent : 1).ToImmutableArray())
            : Shape.Unknown);
    }
}
