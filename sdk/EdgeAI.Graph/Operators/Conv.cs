using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Convolution over any number of spatial axes, in groups.</summary>
internal static class Conv
{
    public static OperatorSchema Schema { get; } = new("Conv", 1, 11, 22)
    {
        Inputs = "X:T W:T B?:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "auto_pad:text=NOTSET dilations:ints group:int=1 kernel_shape:ints pads:ints strides:ints",
        Infer = context => Convolution.Infer(context, 1),
    };
}
