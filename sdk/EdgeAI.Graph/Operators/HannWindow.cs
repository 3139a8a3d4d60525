using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The Hann window.</summary>
internal static class HannWindow
{
    public static OperatorSchema Schema { get; } = new("HannWindow", 17)
    {
        Inputs = "size:T1",
        Outputs = "output:T2",
        Types = "T1=index T2=numeric",
        Attributes = "output_datatype:int=1 periodic:int=1",
        Infer = Generation.Window,
    };
}
