using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Data with elements replaced at indices along an axis.</summary>
internal static class ScatterElements
{
    public static OperatorSchema Schema { get; } = new("ScatterElements", 11, 13, 16, 18)
    {
        Inputs = "data:T indices:Tind updates:T",
        Outputs = "output:T",
        Types = "T=any Tind=index",
        Attributes = "axis:int=0 reduction:text=none@16",
        Infer = Elementwise.AlongAxis,
    };
}
