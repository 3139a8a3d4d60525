using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization.Arithmetic;

namespace EdgeAI.Quantization.Planning;

/// <summary>Which nodes may be quantized, and why others may not.</summary>
internal sealed class NodeSelection(QuantizationOptions options)
{
    private readonly Dictionary<string, string> _blocked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<ConstantTensor, bool> _finite = new(ReferenceEqualityComparer.Instance);

    /// <summary>Keeps a node float from now on.</summary>
    public bool Block(Node node, string reason) => _blocked.TryAdd(node.Name, reason);

    /// <summary>From now on a Relu or Clip is quantized, but not taken out.</summary>
    public bool Keep(Node node) => _kept.Add(node.Name);

    public bool IsKept(Node node) => _kept.Contains(node.Name);

    /// <summary>Null for nodes that may be quantized, else why not.</summary>
    public string? WhyNot(Node node)
    {
        if (node.Domain.Length > 0 || !(options.Operators ?? QuantizationOptions.DefaultOperators).Contains(node.OpType))
        {
            return $"operator {node.OpType} is not among those that are quantized";
        }

        return options.ExcludedOperators.Contains(node.OpType) ? $"operator {node.OpType} is excluded"
            : options.ExcludedNodes.Contains(node.Name) ? "the node is excluded"
            : options.Nodes.Count > 0 && !options.Nodes.Contains(node.Name) ? "the node is not among those that were chosen"
            : _blocked.TryGetValue(node.Name, out var reason) ? reason
            : WhyNotByOperands(node);
    }

    private string? WhyNotByOperands(Node node)
    {
        foreach (var operand in node.Inputs.Concat(node.Outputs).OfType<Value>())
        {
            if (operand.Element is DataType.Float16 or DataType.Float64 or DataType.BFloat16)
            {
                return $"'{operand.Name}' is {operand.Element}; Float32 is quantized";
            }

            if (operand.Constant is { Type: DataType.Float32 } constant && !IsFinite(constant))
            {
                return $"constant '{operand.Name}' holds NaN or infinity";
            }
        }

        return IsQuantizedAlready(node) ? "it is quantized already" : null;
    }

    private bool IsFinite(ConstantTensor constant)
    {
        if (!_finite.TryGetValue(constant, out var isFinite))
        {
            _finite[constant] = isFinite = WeightRanges.AreFinite(constant);
        }

        return isFinite;
    }

    private static bool IsQuantizedAlready(Node node) =>
        node.Inputs.Any(input => input?.Producer is { OpType: "DequantizeLinear" })
        || node.Outputs.Any(output => output is not null && output.Consumers.Any(reader => reader.OpType == "QuantizeLinear"));
}
