using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Normalization over groups of channels, with an optional activation.</summary>
internal static class GroupNorm
{
    public static OperatorSchema Schema { get; } = new("GroupNorm", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T gamma:M beta:M",
        Outputs = "Y:T",
        Types = "T=f16|f32 M=f16|f32",
        Attributes = "activation:int! channels_last:int=1 epsilon:float=9.99999975e-06 groups:int!",
        Infer = Elementwise.Unary,
    };
}
