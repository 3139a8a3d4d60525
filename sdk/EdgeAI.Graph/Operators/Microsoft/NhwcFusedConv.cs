using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Convolution with an activation, channels last.</summary>
internal static class NhwcFusedConv
{
    public static OperatorSchema Schema { get; } = new("NhwcFusedConv", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T W:T B?:T Z?:T",
        Outputs = "Y:T",
        Types = "T=f16",
        Attributes =
            "activation:text activation_params:floats auto_pad:text=NOTSET dilations:ints group:int=1 " +
            "kernel_shape:ints pads:ints strides:ints",
        Infer = context => Convolution.InferChannelsLast(context, 1),
    };
}
