using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Texts in one case, without stop words.</summary>
internal static class StringNormalizer
{
    public static OperatorSchema Schema { get; } = new("StringNormalizer", 10)
    {
        Inputs = "X:string",
        Outputs = "Y:string",
        Attributes = "case_change_action:text=NONE is_case_sensitive:int=0 locale:text stopwords:texts",
        Infer = static context => context.Set(0, context.ShapeOf(0) is { HasRank: true, Rank: > 0 } shape ? shape.With(shape.Rank - 1, Dimension.Unknown) : Shape.Unknown),
    };
}
