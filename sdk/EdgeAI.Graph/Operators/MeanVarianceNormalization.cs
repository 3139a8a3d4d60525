using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>(x − mean) / deviation over axes.</summary>
internal static class MeanVarianceNormalization
{
    public static OperatorSchema Schema { get; } = new("MeanVarianceNormalization", 9, 13)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "axes:ints=0,2,3",
        Infer = Elementwise.Unary,
    };
}
