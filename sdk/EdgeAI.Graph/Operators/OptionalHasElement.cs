using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Tells whether an optional is there.</summary>
internal static class OptionalHasElement
{
    public static OperatorSchema Schema { get; } = new("OptionalHasElement", 15, 18)
    {
        Inputs = "input:O@-18 input?:O@18",
        Outputs = "output:B",
        Types = "O=any B=bool",
        Infer = static context => context.Set(0, DataType.Boolean, Shape.Scalar),
    };
}
