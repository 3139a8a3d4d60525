using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The mean of each window.</summary>
internal static class AveragePool
{
    public static OperatorSchema Schema { get; } = new("AveragePool", 1, 7, 10, 11, 19, 22)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes =
            "auto_pad:text=NOTSET ceil_mode:int=0@10 count_include_pad:int=0 dilations:ints@19 kernel_shape:ints! " +
            "pads:ints strides:ints",
        Infer = Pooling.Infer,
    };
}
