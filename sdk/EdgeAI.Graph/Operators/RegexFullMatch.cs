using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Tells whether texts match a pattern.</summary>
internal static class RegexFullMatch
{
    public static OperatorSchema Schema { get; } = new("RegexFullMatch", 20)
    {
        Inputs = "X:T1",
        Outputs = "Y:T2",
        Types = "T1=string T2=bool",
        Attributes = "pattern:text",
        Infer = Elementwise.Unary,
    };
}
