using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Texts cut at a delimiter, and the number of parts.</summary>
internal static class StringSplit
{
    public static OperatorSchema Schema { get; } = new("StringSplit", 20)
    {
        Inputs = "X:T1",
        Outputs = "Y:T2 Z:T3",
        Types = "T1=string T2=string T3=i64",
        Attributes = "delimiter:text maxsplit:int",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        context.Set(0, shape.HasRank ? new([.. shape, Dimension.Unknown]) : Shape.Unknown);
        context.Set(1, shape);
    }
}
