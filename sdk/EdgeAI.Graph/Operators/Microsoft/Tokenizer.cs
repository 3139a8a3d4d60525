using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Texts cut into words.</summary>
internal static class Tokenizer
{
    public static OperatorSchema Schema { get; } = new("Tokenizer", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=string",
        Attributes = "mark:int! mincharnum:int! pad_value:text! separators:texts tokenexp:text",
        Infer = context => context.Set(0, context.ShapeOf(0) is { HasRank: true } shape ? new([.. shape, Dimension.Unknown]) : Shape.Unknown),
    };
}
