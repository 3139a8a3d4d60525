using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Normalizes each channel of each item.</summary>
internal static class InstanceNormalization
{
    public static OperatorSchema Schema { get; } = new("InstanceNormalization", 1, 6, 22)
    {
        Inputs = "input:T scale:T B:T",
        Outputs = "output:T",
        Types = "T=float",
        Attributes = "epsilon:float=1e-05",
        Infer = Elementwise.Unary,
    };
}
