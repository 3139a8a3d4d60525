using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The operand itself.</summary>
internal static class Identity
{
    public static OperatorSchema Schema { get; } = new("Identity", 1, 13, 14, 16, 19, 21, 23, 24, 25)
    {
        Inputs = "input:V",
        Outputs = "output:V",
        Types = "V=any",
        Infer = context => context.SetType(0, context.TypeOf(0)),
        Map = Movement.Same,
    };
}
