using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Convolution of quantized tensors, channels first or last.</summary>
internal static class QLinearConv
{
    public static OperatorSchema Schema { get; } = new("QLinearConv", 1)
    {
        Domain = "com.microsoft",
        Inputs = "x:T1 x_scale:f32 x_zero_point:T1 w:T2 w_scale:f32 w_zero_point:T2 y_scale:f32 y_zero_point:T3 B?:T4",
        Outputs = "y:T3",
        Types = "T1=int8 T2=int8 T3=int8 T4=i32",
        Attributes = "auto_pad:text=NOTSET channels_last:int=0 dilations:ints group:int=1 kernel_shape:ints pads:ints strides:ints",
        Infer = Run,
        Needs = (_, _) => [new(3) { LeastRank = 3 }],
    };

    private static void Run(InferenceContext context)
    {
        if (context.Int("channels_last") == 0)
        {
            Convolution.Infer(context, 3);
        }
        else
        {
            Convolution.InferChannelsLast(context, 3);
        }
    }
}
