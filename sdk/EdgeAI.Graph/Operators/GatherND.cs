using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Slices picked by index tuples.</summary>
internal static class GatherND
{
    public static OperatorSchema Schema { get; } = new("GatherND", 11, 12, 13)
    {
        Inputs = "data:T indices:i64",
        Outputs = "output:T",
        Types = "T=any",
        Attributes = "batch_dims:int=0@12",
        Infer = Run,
    };

    internal static void Run(InferenceContext context)
    {
        var (data, indices) = (context.ShapeOf(0), context.ShapeOf(1));
        if (!data.HasRank || !indices.HasRank || indices.Rank == 0 || !indices[indices.Rank - 1].IsKnown)
        {
            context.Set(0, Shape.Unknown);
            return;
        }

        var shared = context.Attribute("batch_dims") is AttributeValue.Int given ? given.Value : 0;
        var depth = indices[indices.Rank - 1].Value;
        if (shared < 0 || depth < 0 || checked(shared + depth) > data.Rank)
        {
            throw context.Error($"index tuples of {depth} behind {shared} batch axes; expected at most {data.Rank} axes of operand {data}.");
        }

        context.Set(0, new([.. indices.Take(indices.Rank - 1), .. data.Skip((int)(shared + depth))]));
    }
}
