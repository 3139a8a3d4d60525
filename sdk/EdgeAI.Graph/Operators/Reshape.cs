using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>The same elements under another shape; 0 keeps an extent, −1 takes what is left.</summary>
internal static class Reshape
{
    public static OperatorSchema Schema { get; } = new("Reshape", 1, 5, 13, 14, 19, 21, 23, 24, 25)
    {
        Inputs = "data:T shape:i64",
        Outputs = "reshaped:T",
        Types = "T=any",
        Attributes = "allowzero:int=0@14",
        Infer = Run,
        Map = Movement.Same,
    };

    private static void Run(InferenceContext context)
    {
        var data = context.ShapeOf(0);
        if (Movement.IntegersOf(context, 1, "shape") is not { Rank: <= 1 } wish)
        {
            context.Set(0, Movement.ShapeFrom(context, 1));
            return;
        }

        var isZeroKept = context.Attribute("allowzero") is not AttributeValue.Int { Value: not 0 };
        var result = wish.Items.Select((item, axis) => isZeroKept && item.Is(0) ? Kept(context, data, axis) : item.ToDimension()).ToArray();
        var holes = wish.Items.Count(item => item.Is(-1));
        if (holes > 1 || wish.Items.Any(item => item is { IsKnown: true, Value: < -1 }))
        {
            throw context.Error($"shape is {wish}; expected extents of at least 0 and at most one -1.");
        }

        var unknown = result.Count(extent => extent == Dimension.Unknown);
        if (unknown == 1 && data.HasRank)
        {
            var hole = Array.IndexOf(result, Dimension.Unknown);
            result[hole] = Rest(context, data, result, hole);
        }

        Check(context, data, new([.. result]));
    }

    private static Dimension Kept(InferenceContext context, Shape data, int axis) =>
        !data.HasRank ? Dimension.Unknown
        : axis < data.Rank ? data[axis]
        : throw context.Error($"shape keeps axis {axis}; expected at most {data.Rank - 1} for operand {data}.");

    /// <summary>What the extents of the operand leave for the hole.</summary>
    private static Dimension Rest(InferenceContext context, Shape data, Dimension[] result, int hole)
    {
        var dividend = SymbolicInteger.Of(Extents.Product(data));
        var divisor = SymbolicInteger.Of(Extents.Product(result.Where((_, axis) => axis != hole)));
        if (divisor.Is(0))
        {
            return Dimension.Unknown;
        }

        return !dividend.IsKnown || !divisor.IsKnown || dividend.Value % divisor.Value == 0 ? (dividend / divisor).ToDimension()
            : throw context.Error($"operand {data} cannot be reshaped to [{string.Join(',', result)}]: {dividend.Value} elements, {divisor.Value} do not divide them.");
    }

    private static void Check(InferenceContext context, Shape data, Shape result)
    {
        if (data.IsStatic && result.IsStatic && data.ElementCount != result.ElementCount)
        {
            throw context.Error($"operand {data} has {data.ElementCount} elements; expected {result.ElementCount} for shape {result}.");
        }

        context.Set(0, result);
    }
}
