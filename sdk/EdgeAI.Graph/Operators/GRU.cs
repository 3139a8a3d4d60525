using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Gated recurrent unit over a sequence.</summary>
internal static class GRU
{
    public static OperatorSchema Schema { get; } = new("GRU", 1, 3, 7, 14, 22)
    {
        Inputs = "X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T",
        Outputs = "Y?:T Y_h?:T",
        Types = "T=float T1=i32",
        Attributes =
            "activation_alpha:floats activation_beta:floats activations:texts clip:float direction:text=forward " +
            "hidden_size:int layout:int=0@14 linear_before_reset:int=0",
        Infer = Recurrent.Infer,
        Needs = (_, _) => [new(0) { Rank = 3, Filled = _ => [0, 1] }],
    };
}
