using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Texts joined in pairs.</summary>
internal static class StringConcat
{
    public static OperatorSchema Schema { get; } = new("StringConcat", 20)
    {
        Inputs = "X:T Y:T",
        Outputs = "Z:T",
        Types = "T=string",
        Infer = Elementwise.Broadcast,
    };
}
