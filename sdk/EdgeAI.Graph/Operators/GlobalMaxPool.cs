using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The largest element of each channel.</summary>
internal static class GlobalMaxPool
{
    public static OperatorSchema Schema { get; } = new("GlobalMaxPool", 1, 22)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Infer = Pooling.Global,
    };
}
