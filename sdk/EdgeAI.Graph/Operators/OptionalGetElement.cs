using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The value of an optional that is there.</summary>
internal static class OptionalGetElement
{
    public static OperatorSchema Schema { get; } = new("OptionalGetElement", 15, 18)
    {
        Inputs = "input:O",
        Outputs = "output:V",
        Types = "O=any V=any",
        Infer = static context => context.SetType(0, context.TypeOf(0) is OptionalType optional ? optional.Element : context.TypeOf(0)),
    };
}
