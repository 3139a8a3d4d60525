using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Quantization.Planning;

/// <summary>What a tensor is to the operators that read it; it decides the element type.</summary>
internal enum TensorRole
{
    Activation,
    Weight,
}

/// <summary>A tensor that is quantized.</summary>
/// <param name="Value">The tensor.</param>
/// <param name="Role">What it is.</param>
/// <param name="Axis">The axis along which each slice has parameters of its own; null: one for all.</param>
/// <param name="Provider">The tensor whose parameters it shares.</param>
internal sealed record TensorPlan(Value Value, TensorRole Role, int? Axis = null, Value? Provider = null);

/// <summary>A constant bias that becomes Int32.</summary>
internal sealed record BiasPlan(Node Node, int Index, Value Input, Value Weight)
{
    public Value Bias => Node.Inputs[Index]!;
}

/// <summary>Which tensors of a graph are quantized and how they depend on each other; the graph itself is as it was.</summary>
internal sealed class QuantizationPlan
{
    /// <summary>Nodes that are quantized.</summary>
    public HashSet<Node> Nodes { get; } = [];

    /// <summary>Nodes that stay float, with the reason.</summary>
    public Dictionary<Node, string> FloatNodes { get; } = [];

    public OrderedDictionary<Value, TensorPlan> Tensors { get; } = new(ReferenceEqualityComparer.Instance);

    public List<BiasPlan> Biases { get; } = [];

    /// <summary>Relu and Clip whose work the quantizer behind them does.</summary>
    public List<Node> Absorbed { get; } = [];

    /// <summary>The tensor whose parameters a planned tensor has in the end: its own, or those of the last provider in the chain.</summary>
    public Value Source(Value value)
    {
        var source = value;
        for (var steps = 0; Tensors.TryGetValue(source, out var plan) && plan.Provider is { } provider && steps <= Tensors.Count; steps++)
        {
            source = provider;
        }

        return source;
    }

    /// <summary>The planned tensor behind a node that is absorbed, and behind those that are absorbed after it.</summary>
    public Value EndOf(Node absorbed)
    {
        var value = absorbed.Outputs[0]!;
        while (!Tensors.ContainsKey(value) && value.Consumers is [var reader])
        {
            value = reader.Outputs[0]!;
        }

        return value;
    }

    /// <summary>All Float32 operands and results of quantized nodes that are made in the run.</summary>
    public IEnumerable<Value> Activations() =>
        Nodes.SelectMany(node => node.Inputs.Concat(node.Outputs)).OfType<Value>().Where(value => value.Element == DataType.Float32 && value.Constant is null).Distinct();

    /// <summary>Tensors that are made in the run and have parameters of their own.</summary>
    public IEnumerable<Value> OwnActivations =>
        Tensors.Values.Where(tensor => tensor.Provider is null && tensor.Value.Constant is null).Select(tensor => tensor.Value);
}
