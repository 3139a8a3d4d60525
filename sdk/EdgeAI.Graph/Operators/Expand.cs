using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Repeats extents of 1 until the shape broadcasts.</summary>
internal static class Expand
{
    public static OperatorSchema Schema { get; } = new("Expand", 8, 13)
    {
        Inputs = "input:T shape:i64",
        Outputs = "output:T",
        Types = "T=any",
        Infer = Run,
        Map = Move,
    };

    private static void Run(InferenceContext context)
    {
        var wish = Movement.ShapeFrom(context, 1);
        context.Set(0, Extents.Broadcast(context.ShapeOf(0), wish)
            ?? throw context.Error($"operand {context.ShapeOf(0)} does not broadcast with shape {wish}."));
    }

    private static IndexMap? Move(InferenceContext context)
    {
        if (context.ShapeOf(0) is not { IsStatic: true } data || context.ResultShape(0) is not { IsStatic: true } result)
        {
            return null;
        }

        var extents = data.ToArray();
        var strides = Extents.Strides(extents);
        var added = result.Rank - data.Rank;
        return Movement.Strided(result, [.. Enumerable.Range(0, result.Rank).Select(axis => axis < added || extents[axis - added] == 1 ? 0 : strides[axis - added])]);
    }
}
