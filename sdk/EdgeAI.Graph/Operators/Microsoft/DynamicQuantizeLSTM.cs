using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>LSTM with 8-bit weights and operands that are quantized on the way.</summary>
internal static class DynamicQuantizeLSTM
{
    public static OperatorSchema Schema { get; } = new("DynamicQuantizeLSTM", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T W:T2 R:T2 B?:T sequence_lens?:T1 initial_h?:T initial_c?:T P?:T W_scale:T W_zero_point:T2 R_scale:T R_zero_point:T2",
        Outputs = "Y?:T Y_h?:T Y_c?:T",
        Types = "T=f32 T1=i32 T2=int8",
        Attributes =
            "activation_alpha:floats activation_beta:floats activations:texts clip:float direction:text=forward " +
            "hidden_size:int input_forget:int",
        Infer = Run,
        Needs = (_, _) => [new(0) { Rank = 3, Filled = _ => [1] }],
    };

    /// <summary>The weights are transposed: R is [directions, hidden, 4·hidden].</summary>
    private static void Run(InferenceContext context)
    {
        context.ExpectRank(0, 3);
        var (data, recurrence) = (context.ShapeOf(0), context.ShapeOf(2));
        Dimension directions = context.Text("direction") == "bidirectional" ? 2 : 1;
        var hidden = context.IntOrNull("hidden_size") is { } size ? size : Extents.At(recurrence, 1);
        context.Set(0, new([Extents.At(data, 0), directions, Extents.At(data, 1), hidden]));
        context.Set(1, new([directions, Extents.At(data, 1), hidden]));
        context.Set(2, new([directions, Extents.At(data, 1), hidden]));
    }
}
