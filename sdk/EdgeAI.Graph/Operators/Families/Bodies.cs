using System.Collections.Immutable;
using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>Operators with subgraphs: what goes into a body and what comes out.</summary>
internal static class Bodies
{
    private const int MaximumRounds = 4;

    // Each level of loops in loops multiplies the rounds; deeper ones are taken to change everything, which needs one round.
    private const int DeepestRefined = 1;

    /// <summary>
    /// Infers a body whose first inputs behind <paramref name="leading"/> are carried from round to round: what a round changes is
    /// forgotten until nothing changes any more. Results are the body's outputs.
    /// </summary>
    public static ImmutableArray<ValueType?> InferCarried(
        InferenceContext context, ModelGraph body, IReadOnlyList<ValueType?> leading, IReadOnlyList<ValueType?> carried,
        IReadOnlyList<ValueType?> trailing, int outputsBeforeCarried)
    {
        var state = context.BodyDepth <= DeepestRefined ? carried.ToArray() : new ValueType?[carried.Count];
        for (var round = 0; ; round++)
        {
            var outputs = context.InferBody(body, [.. leading, .. state, .. trailing]);
            if (outputs.Length < outputsBeforeCarried + state.Length)
            {
                throw context.Error($"body '{body.Name}' has {outputs.Length} outputs; expected at least {outputsBeforeCarried + state.Length}.");
            }

            var next = state.Select((type, i) => TypeMerge.Either(type, outputs[outputsBeforeCarried + i])).ToArray();
            if (next.SequenceEqual(state))
            {
                return outputs;
            }

            state = round < MaximumRounds ? next : new ValueType?[state.Length];
        }
    }

    /// <summary>The type with one more extent.</summary>
    public static ValueType? Stack(ValueType? type, int axis, Dimension extent) => type is not TensorType tensor ? null
        : !tensor.Shape.HasRank ? tensor
        : tensor with { Shape = new(tensor.Shape.Dimensions.Insert(axis < 0 ? axis + tensor.Shape.Rank + 1 : axis, extent)) };

    /// <summary>The type of one slice along an axis.</summary>
    public static ValueType? Slice(ValueType? type, int axis) => type is not TensorType tensor ? null
        : !tensor.Shape.HasRank ? tensor
        : tensor with { Shape = new(tensor.Shape.Dimensions.RemoveAt(axis)) };
}
