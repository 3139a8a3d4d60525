using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>A sample of a custom operator: a copy.</summary>
internal static class SampleOp
{
    public static OperatorSchema Schema { get; } = new("SampleOp", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=index|u32|u64|f16|f32|f64",
        Infer = Elementwise.Unary,
    };
}
