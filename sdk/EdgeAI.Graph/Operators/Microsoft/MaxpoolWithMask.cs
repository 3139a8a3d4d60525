using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>The largest element of each window that a mask leaves.</summary>
internal static class MaxpoolWithMask
{
    public static OperatorSchema Schema { get; } = new("MaxpoolWithMask", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T M:i32",
        Outputs = "Y:T",
        Types = "T=f32",
        Attributes = "auto_pad:text=NOTSET kernel_shape:ints pads:ints storage_order:int strides:ints",
        Infer = Pooling.Infer,
    };
}
