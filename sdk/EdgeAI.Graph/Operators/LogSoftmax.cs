using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>ln of Softmax.</summary>
internal static class LogSoftmax
{
    public static OperatorSchema Schema { get; } = new("LogSoftmax", 1, 11, 13)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=float",
        Attributes = "axis:int=-1@13 axis:int=1@-13",
        Infer = Elementwise.AlongAxis,
    };
}
