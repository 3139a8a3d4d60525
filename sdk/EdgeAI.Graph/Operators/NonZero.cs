using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Indices of the elements that are not 0, a column each.</summary>
internal static class NonZero
{
    public static OperatorSchema Schema { get; } = new("NonZero", 9, 13)
    {
        Inputs = "X:T",
        Outputs = "Y:i64",
        Types = "T=any",
        Infer = static context => context.Set(0, new Shape([context.ShapeOf(0).HasRank ? context.ShapeOf(0).Rank : Dimension.Unknown, Dimension.Unknown])),
    };
}
