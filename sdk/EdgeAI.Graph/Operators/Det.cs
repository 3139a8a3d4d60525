using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>The determinant of matrices.</summary>
internal static class Det
{
    public static OperatorSchema Schema { get; } = new("Det", 11, 22)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Infer = static context => context.Set(0, context.ShapeOf(0) is { HasRank: true, Rank: >= 2 } shape ? new Shape([.. shape.Take(shape.Rank - 2)]) : Shape.Unknown),
    };
}
