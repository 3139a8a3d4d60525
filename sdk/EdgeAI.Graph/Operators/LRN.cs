using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Local response normalization over channels.</summary>
internal static class LRN
{
    public static OperatorSchema Schema { get; } = new("LRN", 1, 13)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "alpha:float=0.0001 beta:float=0.75 bias:float=1.0 size:int!",
        Infer = Elementwise.Unary,
    };
}
