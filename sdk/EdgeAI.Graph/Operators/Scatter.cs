using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Replaced by ScatterElements in version 11.</summary>
internal static class Scatter
{
    public static OperatorSchema Schema { get; } = new("Scatter", 9, 11)
    {
        Inputs = "data:T indices:Tind updates:T",
        Outputs = "output:T",
        Types = "T=any Tind=index",
        Attributes = "axis:int=0",
        Infer = Elementwise.AlongAxis,
    };
}
