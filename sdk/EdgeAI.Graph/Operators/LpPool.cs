using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The p-norm of each window.</summary>
internal static class LpPool
{
    public static OperatorSchema Schema { get; } = new("LpPool", 1, 2, 11, 18, 22)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes =
            "auto_pad:text=NOTSET ceil_mode:int=0@18 dilations:ints@18 kernel_shape:ints! p:int=2 pads:ints " +
            "strides:ints",
        Infer = Pooling.Infer,
    };
}
