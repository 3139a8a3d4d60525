using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Elements put before and behind along every axis.</summary>
internal static class Pad
{
    public static OperatorSchema Schema { get; } = new("Pad", 1)
    {
        Domain = "com.microsoft",
        Inputs = "data:T pads:i64 value?:T",
        Outputs = "output:T",
        Types = "T=f16|f32|f64",
        Attributes = "mode:text=constant",
        Infer = Operators.Pad.Run,
    };
}
