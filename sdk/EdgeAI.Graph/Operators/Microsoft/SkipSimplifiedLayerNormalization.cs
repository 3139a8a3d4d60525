using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Root-mean-square normalization of a sum.</summary>
internal static class SkipSimplifiedLayerNormalization
{
    public static OperatorSchema Schema { get; } = new("SkipSimplifiedLayerNormalization", 1)
    {
        Domain = "com.microsoft",
        Inputs = "input:T skip:T gamma:T bias?:T",
        Outputs = "output:T mean?:f32 inv_std_var?:f32 input_skip_bias_sum?:T",
        Types = "T=float",
        Attributes = "epsilon:float",
        Infer = SkipLayerNormalization.Run,
    };
}
