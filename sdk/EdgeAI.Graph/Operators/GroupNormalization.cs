using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Normalizes groups of channels of each item.</summary>
internal static class GroupNormalization
{
    public static OperatorSchema Schema { get; } = new("GroupNormalization", 18, 21)
    {
        Inputs = "X:T@21 scale:T@21 bias:T@21",
        Outputs = "Y:T@21",
        Types = "T=float",
        Attributes = "epsilon:float=1e-05@21 num_groups:int!@21 stash_type:int=1@21",
        Infer = Elementwise.Unary,
    };
}
