using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The largest element of each window.</summary>
internal static class MaxPool
{
    public static OperatorSchema Schema { get; } = new("MaxPool", 1, 8, 10, 11, 12, 22)
    {
        Inputs = "X:T",
        Outputs = "Y:T Indices?:I@8",
        Types = "T=float|i8|u8 I=i64",
        Attributes =
            "auto_pad:text=NOTSET ceil_mode:int=0@10 dilations:ints@10 kernel_shape:ints! pads:ints " +
            "storage_order:int=0@8 strides:ints",
        Infer = Pooling.Infer,
    };
}
