using EdgeAI.Graph;
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
    private readonly Dictionary<string, TensorRange> _ranges;
    private readonly Dictionary<string, string> _unusable;

    internal CalibratedModel(Model prepared, QuantizationOptions options, int samples, Dictionary<string, TensorRange> ranges, Dictionary<string, string> unusable) =>
        (Model, Options, Samples, _ranges, _unusable) = (prepared, options, samples, ranges, unusable);

    /// <summary>The float model in the form that is quantized: folded, with the names that report and options use.</summary>
    public Model Model { get; }

    /// <summary>The settings of calibration.</summary>
    public QuantizationOptions Options { get; }

    /// <summary>Samples that calibration has seen.</summary>
    public int Samples { get; }

    /// <summary>Ranges of activations by name.</summary>
    public IReadOnlyDictionary<string, TensorRange> Ranges => _ranges;

    /// <summary>The quantized model.</summary>
    /// <param name="options">Other settings than those of calibration; ranges stay as they are.</param>
    /// <exception cref="QuantizationException">Nothing in the model can be quantized; the message says why.</exception>
    public QuantizationResult Quantize(QuantizationOptions? options = null)
    {
        var settings = options ?? Options;
        settings.Validate();
        var model = ModelCopy.Of(Model);
        var plan = Plan(model.Graph, settings);
        if (plan.Nodes.Count == 0)
        {
            throw new QuantizationException($"Nothing in the model can be quantized: {ReportBuilder.Summarize(plan)}.");
        }

        var nodes = ReportBuilder.Nodes(model.Graph, plan);
        var ranges = new ActivationRanges(model.Graph, plan, settings);
        var parameters = ParameterTable.Build(plan, settings, value => ranges.Of(value, _ranges)!.Value);
        var tensors = ReportBuilder.Tensors(plan, parameters);
        PairInserter.Insert(model.Graph, plan, parameters, settings);
        GraphVerifier.Verify(model);
        ShapeInference.Infer(model);
        return new(model, new(settings, Samples, tensors, nodes));
    }

    /// <summary>Plans again without the nodes whose tensors have no range, until all that is planned has one.</summary>
    private QuantizationPlan Plan(ModelGraph graph, QuantizationOptions options)
    {
        var selection = new NodeSelection(options);
        while (true)
        {
            var plan = PlanBuilder.Build(graph, options, selection);
            var ranges = new ActivationRanges(graph, plan, options);
            var missing = plan.OwnActivations.Where(value => ranges.Of(value, _ranges) is null).ToList();
            if (missing.Count == 0 || !Block(selection, plan, ranges, missing))
            {
                return plan;
            }
        }
    }

    private bool Block(NodeSelection selection, QuantizationPlan plan, ActivationRanges ranges, List<Value> missing)
    {
        var isBlocked = false;
        foreach (var value in missing)
        {
            var seen = ranges.Observed(value).Name;
            var reason = _unusable.GetValueOrDefault(seen) ?? $"'{seen}' was not seen in calibration";
            foreach (var node in value.Consumers.Append(value.Producer!).Where(node => node is not null && plan.Nodes.Contains(node)))
            {
                isBlocked |= selection.Block(node, reason);
            }
        }

        return isBlocked;
    }
}
