using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Plain recurrent cell over a sequence.</summary>
internal static class RNN
{
    public static OperatorSchema Schema { get; } = new("RNN", 1, 7, 14, 22)
    {
        Inputs = "X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T",
        Outputs = "Y?:T Y_h?:T",
        Types = "T=float T1=i32",
        Attributes =
            "activation_alpha:floats activation_beta:floats activations:texts=Tanh,Tanh clip:float " +
            "direction:text=forward hidden_size:int layout:int=0@14",
        Infer = Recurrent.Infer,
        Needs = (_, _) => [new(0) { Rank = 3 }],
    };
}
