using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>The largest element of each window, channels last.</summary>
internal static class NhwcMaxPool
{
    public static OperatorSchema Schema { get; } = new("NhwcMaxPool", 1)
    {
        Domain = "com.microsoft",
        Inputs = "x:T",
        Outputs = "y:T",
        Types = "T=int8",
        Attributes = "auto_pad:text=NOTSET ceil_mode:int=0 dilations:ints kernel_shape:ints! pads:ints strides:ints",
        Infer = Pooling.InferChannelsLast,
    };
}
