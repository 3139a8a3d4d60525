using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>The transpose of a convolution: each element is spread through the kernel.</summary>
internal static class ConvTranspose
{
    public static OperatorSchema Schema { get; } = new("ConvTranspose", 1, 11, 22)
    {
        Inputs = "X:T W:T B?:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes =
            "auto_pad:text=NOTSET dilations:ints group:int=1 kernel_shape:ints output_padding:ints output_shape:ints " +
            "pads:ints strides:ints",
        Infer = Run,
        Needs = (_, _) => [new(0) { Filled = rank => Enumerable.Range(2, Math.Max(0, rank - 2)) }],
    };

    private static void Run(InferenceContext context)
    {
        var (data, weights) = (context.ShapeOf(0), context.ShapeOf(1));
        if (!data.HasRank)
        {
            context.Set(0, weights.HasRank ? Extents.OfRank(weights.Rank) : Shape.Unknown);
            return;
        }

        if (weights.HasRank && (weights.Rank != data.Rank || Extents.Unify(weights[0], data[1]) is null))
        {
            throw context.Error($"operands have shapes {data} and {weights}; expected weights [channels, results / group, kernel…] for {data[1]} channels.");
        }

        var channels = weights.HasRank ? Extents.Multiply(weights[1], context.Int("group")) : Dimension.Unknown;
        context.Set(0, new([data[0], channels, .. Spatial(context, data, weights)]));
    }

    private static IEnumerable<Dimension> Spatial(InferenceContext context, Shape data, Shape weights)
    {
        var rank = data.Rank - 2;
        if (WindowGeometry.KernelOf(context, weights) is not { } kernel || rank < 1)
        {
            return Enumerable.Repeat(Dimension.Unknown, Math.Max(0, rank));
        }

        var geometry = WindowGeometry.Of(context.Node, kernel);
        var wish = context.Ints("output_shape");
        var added = context.Ints("output_padding");
        return kernel.Length != rank || (!added.IsDefault && added.Length != rank)
            ? throw context.Error($"kernel [{string.Join(',', kernel)}] and output_padding do not fit operand {data}; expected {rank} spatial axes.")
            : Enumerable.Range(0, rank).Select(axis => !wish.IsDefault ? wish[wish.Length - rank + axis]
                : Extent(geometry, axis, data[axis + 2], added.IsDefault ? 0 : added[axis]));
    }

    private static Dimension Extent(WindowGeometry geometry, int axis, Dimension input, long added)
    {
        var (extent, stride) = (SymbolicInteger.Of(input), SymbolicInteger.Of(geometry.Strides[axis]));
        if (geometry.AutoPad.StartsWith("SAME", StringComparison.Ordinal))
        {
            return (extent * stride).ToDimension();
        }

        var pads = geometry.AutoPad == "VALID" ? 0 : checked(geometry.Pads[axis] + geometry.Pads[axis + geometry.Rank]);
        var rest = SymbolicInteger.Of(checked(added + geometry.Reach(axis) - pads - geometry.Strides[axis]));
        return (extent * stride + rest).ToDimension();
    }
}
