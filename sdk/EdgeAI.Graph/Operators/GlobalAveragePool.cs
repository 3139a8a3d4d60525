using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The mean of each channel.</summary>
internal static class GlobalAveragePool
{
    public static OperatorSchema Schema { get; } = new("GlobalAveragePool", 1, 22)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Infer = Pooling.Global,
    };
}
