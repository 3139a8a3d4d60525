using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>The different elements, where each stood, and how often.</summary>
internal static class Unique
{
    public static OperatorSchema Schema { get; } = new("Unique", 1)
    {
        Domain = "com.microsoft",
        Inputs = "x:T",
        Outputs = "y:T idx:i64 counts:i64",
        Types = "T=any",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        context.Set(0, Extents.OfRank(1));
        context.Set(1, context.ShapeOf(0));
        context.Set(2, Extents.OfRank(1));
    }
}
