using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>The mean of each window of a quantized tensor.</summary>
internal static class QLinearAveragePool
{
    public static OperatorSchema Schema { get; } = new("QLinearAveragePool", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T x_scale:f32 x_zero_point?:T y_scale:f32 y_zero_point?:T",
        Outputs = "Y:T",
        Types = "T=int8",
        Attributes =
            "auto_pad:text=NOTSET ceil_mode:int=0 channels_last:int=0 count_include_pad:int=0 kernel_shape:ints! " +
            "pads:ints strides:ints",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        if (context.Int("channels_last") == 0)
        {
            Pooling.Infer(context);
        }
        else
        {
            Pooling.InferChannelsLast(context);
        }
    }
}
