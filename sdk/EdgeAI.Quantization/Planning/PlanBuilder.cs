using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Quantization.Planning;

/// <summary>Walks a graph in its order and asks each operator's rule which of its tensors are quantized.</summary>
internal sealed class PlanBuilder
{
    private readonly ModelGraph _graph;
    private readonly NodeSelection _selection;
    private readonly QuantizationPlan _plan = new();

    private PlanBuilder(ModelGraph graph, QuantizationOptions options, NodeSelection selection) =>
        (_graph, Options, _selection) = (graph, options, selection);

    public QuantizationOptions Options { get; }

    public static QuantizationPlan Build(ModelGraph graph, QuantizationOptions options, NodeSelection selection)
    {
        var builder = new PlanBuilder(graph, options, selection);
        foreach (var node in graph.Nodes)
        {
            builder.Visit(node);
        }

        builder.Settle();
        return builder._plan;
    }

    /// <summary>True when some rule has asked for the tensor before.</summary>
    public bool IsPlanned(Value? value) => value is not null && _plan.Tensors.ContainsKey(value);

    /// <summary>Quantizes a tensor with parameters of its own.</summary>
    public void Activation(Value? value) => Add(value, TensorRole.Activation);

    /// <summary>Quantizes a weight, per slice along the axis where it is a constant and the options want that.</summary>
    public void Weight(Value? value, int axis)
    {
        if (value is null)
        {
            return;
        }

        var chosen = PerChannelAxis(value, axis);
        if (_plan.Tensors.TryGetValue(value, out var earlier) && earlier.Axis != chosen && earlier.Role == TensorRole.Weight)
        {
            _plan.Tensors[value] = earlier with { Axis = null };
            return;
        }

        Add(value, TensorRole.Weight, chosen);
    }

    /// <summary>Quantizes a node's result for its own sake, unless the operator's results are to stay float.</summary>
    public void Results(Node node)
    {
        if (WantsResults(node))
        {
            foreach (var output in node.Outputs)
            {
                Activation(output);
            }
        }
    }

    /// <summary>Quantizes a result with the parameters of the tensor that its elements come from.</summary>
    public void SameAs(Node node, Value? result, Value provider)
    {
        if (result is not null && WantsResults(node) && CanBeQuantized(result) && IsPlanned(provider))
        {
            _plan.Tensors[result] = new TensorPlan(result, TensorRole.Activation, Provider: provider);
        }
    }

    public void Bias(Node node, int index, Value input, Value weight)
    {
        if (Options.QuantizeBias && node.Input(index)?.Constant is { Type: DataType.Float32 } bias && BiasShape.Fits(node, bias.Shape)
            && IsPlanned(input) && IsPlanned(weight))
        {
            _plan.Biases.Add(new BiasPlan(node, index, input, weight));
        }
    }

    /// <summary>Takes Relu or Clip out, where the range of the quantizer behind it does the same.</summary>
    public bool TryAbsorb(Node node)
    {
        var (input, output) = (node.Inputs[0]!, node.Outputs[0]!);
        if (Options.SymmetricActivations || Options.KeepActivationNodes || _selection.IsKept(node) || !WantsResults(node) || !CanBeQuantized(output)
            || input.Producer is null || input.Consumers.Count != 1 || _graph.Outputs.Contains(input) || !ActivationBounds.HoldZero(node)
            || (Options.Overrides.TryGetValue(output.Name, out var own) && (own.Parameters is not null || own.IsSymmetric == true)))
        {
            return false;
        }

        _plan.Tensors.Remove(input);
        _plan.Absorbed.Add(node);
        return true;
    }

    private bool WantsResults(Node node) => !Options.UnquantizedOutputs.Contains(node.OpType);

    private void Visit(Node node)
    {
        if (_selection.WhyNot(node) is { } reason)
        {
            _plan.FloatNodes[node] = reason;
            return;
        }

        _plan.Nodes.Add(node);
        OperatorRules.Of(node.OpType)(this, node);
    }

    private void Add(Value? value, TensorRole role, int? axis = null)
    {
        if (value is not null && CanBeQuantized(value))
        {
            _plan.Tensors.TryAdd(value, new TensorPlan(value, role, axis));
        }
    }

    /// <summary>Float32, and not at once an input and an output of the graph, between which no pair fits.</summary>
    private bool CanBeQuantized(Value value) =>
        value.Element == DataType.Float32 && !(value.Producer is null && _graph.Outputs.Contains(value))
        && !(value.Constant is { Shape: var shape } && shape.ElementCount == 0);

    private int? PerChannelAxis(Value value, int axis)
    {
        var normal = axis < 0 ? axis + value.Shape.Rank : axis;
        return value.Constant is not null && Options.PerChannel && !Options.Overrides.ContainsKey(value.Name) && normal >= 0 && normal < value.Shape.Rank
            ? normal : null;
    }

    /// <summary>Nodes of which nothing was quantized stay float too.</summary>
    private void Settle()
    {
        foreach (var node in _plan.Nodes.Where(node => !_plan.Absorbed.Contains(node) && !node.Inputs.Concat(node.Outputs).Any(IsPlanned)).ToList())
        {
            _plan.Nodes.Remove(node);
            _plan.FloatNodes[node] = node.Inputs.Concat(node.Outputs).Any(value => value?.Element == DataType.Float32)
                ? "what it reads is not quantized" : "it computes no Float32";
        }
    }
}
