using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Convolution that reads at shifted places.</summary>
internal static class DeformConv
{
    public static OperatorSchema Schema { get; } = new("DeformConv", 19, 22)
    {
        Inputs = "X:T W:T offset:T B?:T mask?:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "dilations:ints group:int=1 kernel_shape:ints offset_group:int=1 pads:ints strides:ints",
        Infer = context => Convolution.Infer(context, 1),
    };
}
