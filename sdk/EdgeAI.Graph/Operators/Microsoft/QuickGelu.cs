using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>x·sigmoid(α·x).</summary>
internal static class QuickGelu
{
    public static OperatorSchema Schema { get; } = new("QuickGelu", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "alpha:float=1.702",
        Infer = Elementwise.Unary,
    };
}
