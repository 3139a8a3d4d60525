using System.Collections.Immutable;
using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>Operators that work element by element.</summary>
internal static class Elementwise
{
    /// <summary>Result 0 has operand 0's shape.</summary>
    public static void Unary(InferenceContext context) => context.Set(0, context.ShapeOf(0));

    /// <summary>As <see cref="Unary"/>, of an operator with an axis; before version 13 softmax and its kin flatten, and take the rank for an axis too.</summary>
    public static void AlongAxis(InferenceContext context)
    {
        if (context.ShapeOf(0) is { HasRank: true, Rank: > 0 } shape && context.Int("axis") is var axis && (axis != shape.Rank || context.Version >= 13))
        {
            context.Axis(axis, shape.Rank);
        }

        Unary(context);
    }

    /// <summary>Result 0 has the shape that all operands broadcast to.</summary>
    public static void Broadcast(InferenceContext context) => context.Set(0, BroadcastShape(context, 0, context.InputCount));

    /// <summary>The shape that a range of operands broadcasts to.</summary>
    public static Shape BroadcastShape(InferenceContext context, int first, int count) => BroadcastShape(context, [.. Enumerable.Range(first, count)]);

    /// <summary>The shape that these operands broadcast to.</summary>
    public static Shape BroadcastShape(InferenceContext context, ReadOnlySpan<int> operands)
    {
        var result = context.ShapeOf(operands[0]);
        foreach (var i in operands[1..])
        {
            result = Extents.Broadcast(result, context.ShapeOf(i))
                ?? throw context.Error($"operand '{context.Node.Inputs[i]!.Name}' has shape {context.ShapeOf(i)}; expected one that broadcasts with {result}.");
        }

        return result;
    }

    /// <summary>Integer arithmetic on shape values.</summary>
    public static void Integers(InferenceContext context, Func<SymbolicInteger, SymbolicInteger, SymbolicInteger> function)
    {
        if (context.IntegersOf(0) is { } a && context.IntegersOf(1) is { } b)
        {
            context.SetIntegers(0, Combine(a, b, function));
        }
    }

    /// <summary>A comparison of shape values, known where their difference is.</summary>
    public static void Compare(InferenceContext context, Func<long, bool> isTrue) => Integers(context, (a, b) =>
        (a - b) is { IsKnown: true } difference ? SymbolicInteger.Of(isTrue(difference.Value) ? 1 : 0) : SymbolicInteger.Unknown);

    /// <summary>Integer arithmetic over any number of operands.</summary>
    public static void IntegersOfAll(InferenceContext context, Func<SymbolicInteger, SymbolicInteger, SymbolicInteger> function)
    {
        var result = context.IntegersOf(0);
        for (var i = 1; i < context.InputCount && result is not null; i++)
        {
            result = context.IntegersOf(i) is { } next ? Combine(result, next, function) : null;
        }

        context.SetIntegers(0, result);
    }

    /// <summary>Both tensors have the same extents, or one has one element; else null.</summary>
    private static IntegerTensor? Combine(IntegerTensor a, IntegerTensor b, Func<SymbolicInteger, SymbolicInteger, SymbolicInteger> function)
    {
        var isEqual = a.Extents.AsSpan().SequenceEqual(b.Extents.AsSpan());
        if (!isEqual && !(a.Items.Length == 1 && a.Rank <= b.Rank) && !(b.Items.Length == 1 && b.Rank <= a.Rank))
        {
            return null;
        }

        var (extents, count) = a.Rank > b.Rank || a.Items.Length > b.Items.Length ? (a.Extents, a.Items.Length) : (b.Extents, b.Items.Length);
        var items = ImmutableArray.CreateBuilder<SymbolicInteger>(count);
        for (var i = 0; i < count; i++)
        {
            items.Add(function(a.Items[a.Items.Length == 1 ? 0 : i], b.Items[b.Items.Length == 1 ? 0 : i]));
        }

        return new(extents, items.MoveToImmutable());
    }
}
