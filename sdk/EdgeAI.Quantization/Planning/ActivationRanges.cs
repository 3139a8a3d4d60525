using EdgeAI.Graph;

namespace EdgeAI.Quantization.Planning;

/// <summary>From which observed tensor a tensor's range follows.</summary>
internal sealed class ActivationRanges(ModelGraph graph, QuantizationPlan plan, QuantizationOptions options)
{
    private static readonly TensorRange Probabilities = new(0, 1);

    /// <summary>The tensors that calibration has to see.</summary>
    public IEnumerable<Value> Observed() =>
        plan.OwnActivations.Where(value => Known(value) is null).Select(Observed).Distinct();

    /// <summary>A tensor's range; null where calibration did not see it.</summary>
    public TensorRange? Of(Value value, IReadOnlyDictionary<string, TensorRange> observed) =>
        Known(value) is { } known ? known
        : observed.TryGetValue(Observed(value).Name, out var range) ? Override(value, range)
        : null;

    /// <summary>Ranges that need no data.</summary>
    private TensorRange? Known(Value value) =>
        options.Overrides.TryGetValue(value.Name, out var own) && (own.Parameters is not null || own is { Minimum: not null, Maximum: not null })
            ? new(own.Minimum ?? 0, own.Maximum ?? 0)
        : value.Producer is { } producer && producer.Is("Softmax") && plan.Nodes.Contains(producer) ? Probabilities
        : null;

    private TensorRange Override(Value value, TensorRange range) =>
        options.Overrides.TryGetValue(value.Name, out var own) ? new(own.Minimum ?? range.Minimum, own.Maximum ?? range.Maximum) : range;

    /// <summary>The tensor whose values count for this one: what Relu or Clip cuts off behind the tensor needs no integers.</summary>
    public Value Observed(Value value) =>
        value.Consumers is [var reader] && (reader.Is("Relu") || reader.Is("Clip")) && plan.Nodes.Contains(reader)
        && !options.SymmetricActivations && !graph.Outputs.Contains(value) && ActivationBounds.HoldZero(reader)
            ? Observed(reader.Outputs[0]!) : value;
}
