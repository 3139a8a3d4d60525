using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Convolution of quantized tensors.</summary>
internal static class QLinearConv
{
    public static OperatorSchema Schema { get; } = new("QLinearConv", 10)
    {
        Inputs = "x:T1 x_scale:f32 x_zero_point:T1 w:T2 w_scale:f32 w_zero_point:T2 y_scale:f32 y_zero_point:T3 B?:T4",
        Outputs = "y:T3",
        Types = "T1=int8 T2=int8 T3=int8 T4=i32",
        Attributes = "auto_pad:text=NOTSET dilations:ints group:int=1 kernel_shape:ints pads:ints strides:ints",
        Infer = context => Convolution.Infer(context, 3),
        Needs = (_, _) => [new(3) { LeastRank = 3 }],
    };
}
