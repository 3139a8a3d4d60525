using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Draws of classes by their weights.</summary>
internal static class Multinomial
{
    public static OperatorSchema Schema { get; } = new("Multinomial", 7, 22)
    {
        Inputs = "input:T1",
        Outputs = "output:T2",
        Types = "T1=float T2=index",
        Attributes = "dtype:int=6 sample_size:int=1 seed:float",
        Infer = static context => context.Set(0, Generation.TypeOf(context, "dtype"), new Shape([context.ShapeOf(0) is { HasRank: true, Rank: > 0 } shape ? shape[0] : Dimension.Unknown, context.Int("sample_size")])),
        IsDeterministic = false,
    };
}
