using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>1 at the first largest element along an axis, else 0.</summary>
internal static class Hardmax
{
    public static OperatorSchema Schema { get; } = new("Hardmax", 1, 11, 13)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=float",
        Attributes = "axis:int=-1@13 axis:int=1@-13",
        Infer = Elementwise.AlongAxis,
    };
}
