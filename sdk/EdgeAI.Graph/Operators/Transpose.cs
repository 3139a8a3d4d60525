using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Axes in another order.</summary>
internal static class Transpose
{
    public static OperatorSchema Schema { get; } = new("Transpose", 1, 13, 21, 23, 24, 25)
    {
        Inputs = "data:T",
        Outputs = "transposed:T",
        Types = "T=any",
        Attributes = "perm:ints",
        Infer = Run,
        Map = Move,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        if (shape.HasRank)
        {
            context.Set(0, new([.. Permutation(context, shape.Rank).Select(axis => shape[axis])]));
        }
        else
        {
            context.Set(0, context.Ints("perm") is { IsDefault: false } perm ? Extents.OfRank(perm.Length) : Shape.Unknown);
        }
    }

    private static IndexMap? Move(InferenceContext context)
    {
        if (context.ShapeOf(0) is not { IsStatic: true } shape)
        {
            return null;
        }

        var strides = Extents.Strides(shape.ToArray());
        return Movement.Strided(context.ResultShape(0), [.. Permutation(context, shape.Rank).Select(axis => strides[axis])]);
    }

    private static int[] Permutation(InferenceContext context, int rank)
    {
        var given = context.Ints("perm");
        if (given.IsDefault)
        {
            return [.. Enumerable.Range(0, rank).Reverse()];
        }

        return given.Length == rank ? context.Axes(given, rank)
            : throw context.Error($"perm is [{string.Join(',', given)}]; expected {rank} axes for shape {context.ShapeOf(0)}.");
    }
}
