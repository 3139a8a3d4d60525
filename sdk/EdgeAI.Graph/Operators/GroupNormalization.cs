using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Normalizes groups of channels of each item.</summary>
internal static class GroupNormalization
{
    public static OperatorSchema Schema { get; } = new("GroupNormalization", 18, 21)
    {
        Inputs = "X:T scale:T bias:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "epsilon:float=1e-05 num_groups:int! stash_type:int=1@21",
        Infer = Elementwise.Unary,
    };
}
