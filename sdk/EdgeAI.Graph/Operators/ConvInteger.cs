using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Convolution of 8-bit integers into 32 bits.</summary>
internal static class ConvInteger
{
    public static OperatorSchema Schema { get; } = new("ConvInteger", 10)
    {
        Inputs = "x:T1 w:T2 x_zero_point?:T1 w_zero_point?:T2",
        Outputs = "y:T3",
        Types = "T1=int8 T2=int8 T3=i32",
        Attributes = "auto_pad:text=NOTSET dilations:ints group:int=1 kernel_shape:ints pads:ints strides:ints",
        Infer = context => Convolution.Infer(context, 1),
        Needs = (_, _) => [new(0) { LeastRank = 3 }],
    };
}
