using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Puts pooled elements back where they came from.</summary>
internal static class MaxUnpool
{
    public static OperatorSchema Schema { get; } = new("MaxUnpool", 9, 11, 22)
    {
        Inputs = "X:T1 I:T2 output_shape?:T2",
        Outputs = "output:T1",
        Types = "T1=float T2=i64",
        Attributes = "kernel_shape:ints! pads:ints strides:ints",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        if (context.Has(2))
        {
            context.Set(0, Movement.ShapeFrom(context, 2));
            return;
        }

        var kernel = context.Ints("kernel_shape");
        if (!shape.HasRank || shape.Rank != kernel.Length + 2)
        {
            context.Set(0, Extents.OfRank(kernel.Length + 2));
            return;
        }

        var geometry = WindowGeometry.Of(context.Node, kernel);
        context.Set(0, new([shape[0], shape[1], .. Enumerable.Range(0, kernel.Length).Select(axis => Extent(geometry, axis, shape[axis + 2]))]));
    }

    private static Dimension Extent(WindowGeometry geometry, int axis, Dimension input) => !input.IsKnown ? Dimension.Unknown
        : checked((input.Value - 1) * geometry.Strides[axis] + geometry.Kernel[axis] - geometry.Pads[axis] - geometry.Pads[axis + geometry.Rank]);
}
