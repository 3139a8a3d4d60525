using EdgeAI.Graph;
using EdgeAI.Quantization.Calibration;
using EdgeAI.Quantization.Correction;
using EdgeAI.Quantization.Insertion;
using EdgeAI.Quantization.Planning;
using EdgeAI.Quantization.Preparation;
using EdgeAI.Quantization.Reporting;

namespace EdgeAI.Quantization;

/// <summary>
/// A float model whose activation ranges are known: it can be quantized at once, and again with other nodes left float, without
/// running it again.
/// </summary>
public sealed class CalibratedModel
{
    private readonly CalibrationData _data;

    internal CalibratedModel(Model prepared, QuantizationOptions options, int samples, CalibrationData data) =>
        (Model, Options, Samples, _data) = (prepared, options, samples, data);

    /// <summary>The float model in the form that is quantized: folded, with the names that report and options use.</summary>
    public Model Model { get; }

    /// <summary>The settings of calibration.</summary>
    public QuantizationOptions Options { get; }

    /// <summary>Samples that calibration has seen.</summary>
    public int Samples { get; }

    /// <summary>Ranges of activations by name.</summary>
    public IReadOnlyDictionary<string, TensorRange> Ranges => _data.Ranges;

    /// <summary>The quantized model.</summary>
    /// <param name="options">Other settings than those of calibration; ranges stay as they are.</param>
    /// <exception cref="QuantizationException">Nothing in the model can be quantized; the message says why.</exception>
    public QuantizationResult Quantize(QuantizationOptions? options = null)
    {
        var settings = options ?? Options;
        settings.Validate();
        var model = ModelCopy.Of(Model);
        var plan = Plan(model.Graph, settings);
        return plan.Nodes.Count > 0 ? Quantize(model, plan, settings)
            : throw new QuantizationException($"Nothing in the model can be quantized: {ReportBuilder.Summarize(plan)}.");
    }

    /// <summary>False where nothing is quantized with these settings, as a Relu alone is not: then the result is the float model.</summary>
    internal bool TryQuantize(QuantizationOptions options, out QuantizationResult result)
    {
        var model = ModelCopy.Of(Model);
        var plan = Plan(model.Graph, options);
        result = plan.Nodes.Count > 0 ? Quantize(model, plan, options) : new(model, new(options, Samples, [], ReportBuilder.Nodes(model.Graph, plan)));
        return plan.Nodes.Count > 0;
    }

    private QuantizationResult Quantize(Model model, QuantizationPlan plan, QuantizationOptions settings)
    {
        var nodes = ReportBuilder.Nodes(model.Graph, plan);
        var ranges = new ActivationRanges(model.Graph, plan, settings);
        var parameters = ParameterTable.Build(plan, settings, value => ranges.Of(value, Ranges)!.Value);
        var tensors = ReportBuilder.Tensors(plan, parameters);
        var biases = settings.CorrectBiases ? BiasCorrection.Correct(plan, parameters, _data.Means) : [];
        var integers = PairInserter.Insert(model.Graph, plan, parameters, settings, biases);
        GraphVerifier.Verify(model);
        ShapeInference.Infer(model);
        return new(model, new(settings, Samples, [.. tensors.Select(tensor => tensor with { IntegerName = integers.GetValueOrDefault(tensor.Name) })], nodes));
    }

    /// <summary>The layers that are quantized: each operator that computes, with the Relu or Clip that is computed with it.</summary>
    internal IReadOnlyList<LayerSensitivity> Layers()
    {
        var plan = Plan(Model.Graph, Options);
        return [.. Model.Graph.Nodes.Where(node => plan.Nodes.Contains(node) && !plan.Absorbed.Contains(node) && !OperatorRules.Moves(node.OpType))
            .Select(node => new LayerSensitivity([.. Chain(plan, node).Select(member => member.Name)], node.OpType, double.NaN))];
    }

    private static IEnumerable<Node> Chain(QuantizationPlan plan, Node node)
    {
        for (var next = node; next is not null; next = next.Outputs[0]?.Consumers is [var reader] && plan.Absorbed.Contains(reader) ? reader : null)
        {
            yield return next;
        }
    }

    /// <summary>Plans again without the nodes whose tensors have no range, until all that is planned has one.</summary>
    private QuantizationPlan Plan(ModelGraph graph, QuantizationOptions options)
    {
        var selection = new NodeSelection(options);
        while (true)
        {
            var plan = PlanBuilder.Build(graph, options, selection);
            var ranges = new ActivationRanges(graph, plan, options);
            var missing = plan.OwnActivations.Where(value => ranges.Of(value, Ranges) is null).ToList();
            var isBlocked = missing.Count > 0 && Block(selection, plan, ranges, missing);
            if (!isBlocked && !Keep(selection, plan, ranges, options))
            {
                return plan;
            }
        }
    }

    /// <summary>Relu and Clip stay where the integers behind them reach further than they let through.</summary>
    private bool Keep(NodeSelection selection, QuantizationPlan plan, ActivationRanges ranges, QuantizationOptions options)
    {
        var isKept = false;
        foreach (var node in plan.Absorbed)
        {
            var end = plan.EndOf(node);
            if (ranges.Of(end, Ranges) is { } range && !ActivationBounds.Hold(node, ParameterTable.EncodeActivation(plan.Tensors[end], range, options)))
            {
                isKept |= selection.Keep(node);
            }
        }

        return isKept;
    }

    private bool Block(NodeSelection selection, QuantizationPlan plan, ActivationRanges ranges, List<Value> missing)
    {
        var isBlocked = false;
        foreach (var value in missing)
        {
            var seen = ranges.Observed(value).Name;
            var reason = _data.Unusable.GetValueOrDefault(seen) ?? $"'{seen}' was not seen in calibration";
            foreach (var node in value.Consumers.Append(value.Producer!).Where(node => node is not null && plan.Nodes.Contains(node)))
            {
                isBlocked |= selection.Block(node, reason);
            }
        }

        return isBlocked;
    }
}
