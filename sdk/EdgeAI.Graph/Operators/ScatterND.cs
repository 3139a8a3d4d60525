using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Data with slices replaced at index tuples.</summary>
internal static class ScatterND
{
    public static OperatorSchema Schema { get; } = new("ScatterND", 11, 13, 16, 18)
    {
        Inputs = "data:T indices:i64 updates:T",
        Outputs = "output:T",
        Types = "T=any",
        Attributes = "reduction:text=none@16",
        Infer = Elementwise.Unary,
    };
}
