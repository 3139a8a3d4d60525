using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>The extents of a tensor, or of some of its axes.</summary>
internal static class ShapeOf
{
    public static OperatorSchema Schema { get; } = new("Shape", 1, 13, 15, 19, 21, 23, 24, 25)
    {
        Inputs = "data:T",
        Outputs = "shape:T1",
        Types = "T=any T1=i64",
        Attributes = "end:int@15 start:int=0@15",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        if (!shape.HasRank)
        {
            context.Set(0, new Shape([Dimension.Unknown]));
            return;
        }

        var start = Bound(context.IntOrNull("start") ?? 0, shape.Rank);
        var end = Bound(context.IntOrNull("end") ?? shape.Rank, shape.Rank);
        var part = IntegerTensor.Vector(shape.Take(end).Skip(start));
        context.Set(0, new Shape((long)part.Items.Length));
        context.SetIntegers(0, part);
    }

    private static int Bound(long bound, int rank) => (int)Math.Clamp(bound < 0 ? bound + rank : bound, 0, rank);
}
