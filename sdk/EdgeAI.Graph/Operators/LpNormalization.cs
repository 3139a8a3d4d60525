using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>x divided by its p-norm along an axis.</summary>
internal static class LpNormalization
{
    public static OperatorSchema Schema { get; } = new("LpNormalization", 1, 22)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=float",
        Attributes = "axis:int=-1 p:int=2",
        Infer = Elementwise.AlongAxis,
    };
}
