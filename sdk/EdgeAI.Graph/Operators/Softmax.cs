using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>exp x divided by its sum: along an axis, or (before version 13) over all axes from one on.</summary>
internal static class Softmax
{
    public static OperatorSchema Schema { get; } = new("Softmax", 1, 11, 13)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=float",
        Attributes = "axis:int=-1@13 axis:int=1@-13",
        Infer = Elementwise.AlongAxis,
    };
}
