using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Long short-term memory over a sequence.</summary>
internal static class LSTM
{
    public static OperatorSchema Schema { get; } = new("LSTM", 1, 7, 14, 22)
    {
        Inputs = "X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T initial_c?:T P?:T",
        Outputs = "Y?:T Y_h?:T Y_c?:T",
        Types = "T=float T1=i32",
        Attributes =
            "activation_alpha:floats activation_beta:floats activations:texts clip:float direction:text=forward " +
            "hidden_size:int input_forget:int=0 layout:int=0@14",
        Infer = Recurrent.Infer,
        Needs = (_, _) => [new(0) { Rank = 3, Filled = _ => [1] }],
    };
}
