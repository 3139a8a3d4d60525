using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>FusedMatMul with an activation.</summary>
internal static class FusedMatMulActivation
{
    public static OperatorSchema Schema { get; } = new("FusedMatMulActivation", 1)
    {
        Domain = "com.microsoft",
        Inputs = "A:T B:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes =
            "activation:text! activation_alpha:float activation_axis:int activation_beta:float activation_gamma:float " +
            "alpha:float=1 transA:int=0 transB:int=0 transBatchA:int=0 transBatchB:int=0",
        Infer = FusedMatMul.Run,
    };
}
