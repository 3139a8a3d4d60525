using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Whether all elements of all operands are finite.</summary>
internal static class IsAllFinite
{
    public static OperatorSchema Schema { get; } = new("IsAllFinite", 1)
    {
        Domain = "com.microsoft",
        Inputs = "input+:V",
        Outputs = "output:T",
        Types = "V=float T=bool",
        Attributes = "isinf_only:int isnan_only:int",
        Infer = context => context.Set(0, new Shape(1L)),
    };
}
