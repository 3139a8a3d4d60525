using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>A value that may be absent.</summary>
internal static class Optional
{
    public static OperatorSchema Schema { get; } = new("Optional", 15)
    {
        Inputs = "input?:V",
        Outputs = "output:O",
        Types = "V=any O=any",
        Attributes = "type:type",
        Infer = static context => context.SetType(0, new OptionalType(context.TypeOf(0) ?? (context.Attribute("type") as AttributeValue.Type)?.Value)),
    };
}
