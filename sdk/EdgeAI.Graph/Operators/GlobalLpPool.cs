using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The p-norm of each channel.</summary>
internal static class GlobalLpPool
{
    public static OperatorSchema Schema { get; } = new("GlobalLpPool", 1, 2, 22)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "p:int=2",
        Infer = Pooling.Global,
    };
}
