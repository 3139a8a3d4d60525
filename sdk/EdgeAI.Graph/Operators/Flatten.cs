using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>A matrix: the extents before an axis multiplied, and those from it on.</summary>
internal static class Flatten
{
    public static OperatorSchema Schema { get; } = new("Flatten", 1, 9, 11, 13, 21, 23, 24, 25)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=any",
        Attributes = "axis:int=1",
        Infer = Run,
        Map = Movement.Same,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        if (!shape.HasRank)
        {
            context.Set(0, Extents.OfRank(2));
            return;
        }

        var given = context.Int("axis");
        var axis = given == shape.Rank ? shape.Rank : context.Axis(given, Math.Max(1, shape.Rank));
        context.Set(0, new([Extents.Product(shape.Take(axis)), Extents.Product(shape.Skip(axis))]));
    }
}
