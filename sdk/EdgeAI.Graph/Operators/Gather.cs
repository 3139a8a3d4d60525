using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Slices along an axis, picked by index.</summary>
internal static class Gather
{
    public static OperatorSchema Schema { get; } = new("Gather", 1, 11, 13)
    {
        Inputs = "data:T indices:Tind",
        Outputs = "output:T",
        Types = "T=any Tind=index",
        Attributes = "axis:int=0",
        Infer = Run,
        Map = Move,
    };

    private static void Run(InferenceContext context)
    {
        var (data, indices) = (context.ShapeOf(0), context.ShapeOf(1));
        if (!data.HasRank || !indices.HasRank)
        {
            context.Set(0, Shape.Unknown);
            return;
        }

        var axis = context.Axis(context.Int("axis"), data.Rank);
        context.Set(0, new([.. data.Take(axis), .. indices, .. data.Skip(axis + 1)]));
    }

    private static IndexMap? Move(InferenceContext context)
    {
        if (context.NumbersOf(1) is not { } indices || context.ShapeOf(0) is not { IsStatic: true } data
            || context.ResultShape(0) is not { IsStatic: true } result || result.ElementCount > IndexMap.MaximumCount)
        {
            return null;
        }

        var axis = context.Axis(context.Int("axis"), data.Rank);
        var extents = data.ToArray();
        var inner = extents.Skip(axis + 1).Aggregate(1L, (a, b) => a * b);
        var outer = extents.Take(axis).Aggregate(1L, (a, b) => a * b);
        var sources = new List<long>((int)result.ElementCount);
        for (var i = 0L; i < outer; i++)
        {
            foreach (var index in indices)
            {
                var row = i * extents[axis] + context.Axis(index, (int)extents[axis], "index");
                sources.AddRange(Enumerable.Range(0, (int)inner).Select(j => row * inner + j));
            }
        }

        return new([.. result.ToArray()], [.. sources]);
    }
}
