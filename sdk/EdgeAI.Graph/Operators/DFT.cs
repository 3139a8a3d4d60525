using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Discrete Fourier transform along an axis; the last extent is 1 for reals, 2 for complex numbers.</summary>
internal static class DFT
{
    public static OperatorSchema Schema { get; } = new("DFT", 17, 20)
    {
        Inputs = "input:T1 dft_length?:T2 axis?:i64@20",
        Outputs = "output:T1",
        Types = "T1=float T2=index",
        Attributes = "axis:int=1@-20 inverse:int=0 onesided:int=0",
        Infer = Run,
        Needs = (node, version) => version < 20 ? [new(0) { Filled = rank => OperandNeed.Axis(node.Attributes.Int("axis", 1), rank) }] : [new(2) { IsSingle = true }],
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        var axis = context.Version < 20 ? context.Int("axis") : context.Has(2) ? context.NumbersOf(2) is [var given] ? given : null : (long?)-2;
        if (!shape.HasRank || axis is null)
        {
            context.Set(0, shape.HasRank ? Extents.OfRank(shape.Rank) : Shape.Unknown);
            return;
        }

        var place = context.Axis(axis.Value, shape.Rank);
        var (isInverse, isOnesided) = (context.Int("inverse") != 0, context.Int("onesided") != 0);
        var length = context.Has(1) ? context.IntegersOf(1) is { Items: [var item] } ? item.ToDimension() : Dimension.Unknown
            : isInverse && isOnesided ? shape[place].IsKnown && shape[place].Value > 0 ? 2 * (shape[place].Value - 1) : Dimension.Unknown
            : shape[place];
        var result = shape.With(place, !isOnesided || isInverse ? length : length.IsKnown ? length.Value / 2 + 1 : Dimension.Unknown);
        context.Set(0, result.With(shape.Rank - 1, isInverse && isOnesided ? 1 : 2));
    }
}
