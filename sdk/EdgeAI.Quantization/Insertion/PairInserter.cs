using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization.Arithmetic;
using EdgeAI.Quantization.Planning;

namespace EdgeAI.Quantization.Insertion;

/// <summary>Puts QuantizeLinear and DequantizeLinear into a graph as a plan says.</summary>
internal sealed class PairInserter
{
    private readonly ModelGraph _graph;
    private readonly QuantizationPlan _plan;
    private readonly ParameterTable _parameters;
    private readonly QuantizationOptions _options;
    private readonly IReadOnlyDictionary<BiasPlan, float[]> _biases;
    private readonly Dictionary<Value, (Value Scale, Value ZeroPoint)> _constants = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, string> _integerNames = new(StringComparer.Ordinal);

    private PairInserter(
        ModelGraph graph, QuantizationPlan plan, ParameterTable parameters, QuantizationOptions options, IReadOnlyDictionary<BiasPlan, float[]> biases) =>
        (_graph, _plan, _parameters, _options, _biases) = (graph, plan, parameters, options, biases);

    /// <returns>For each tensor the value that holds its integers.</returns>
    /// <param name="graph">The graph, which is changed.</param>
    /// <param name="plan">What is quantized.</param>
    /// <param name="parameters">And how.</param>
    /// <param name="options">The form of the pairs.</param>
    /// <param name="biases">Biases that have other elements than in the graph.</param>
    public static IReadOnlyDictionary<string, string> Insert(
        ModelGraph graph, QuantizationPlan plan, ParameterTable parameters, QuantizationOptions options, IReadOnlyDictionary<BiasPlan, float[]> biases)
    {
        var inserter = new PairInserter(graph, plan, parameters, options, biases);
        plan.Absorbed.ForEach(inserter.Absorb);
        plan.Biases.ForEach(inserter.AddBias);
        foreach (var tensor in plan.Tensors.Values)
        {
            inserter.Add(tensor);
        }

        graph.Reorder(NodeOrder.Of(graph));
        return inserter._integerNames;
    }

    /// <summary>The node before makes the result at once.</summary>
    private void Absorb(Node node)
    {
        var (input, output) = (node.Inputs[0]!, node.Outputs[0]!);
        _graph.RemoveNode(node);
        ModelGraph.SetResult(input.Producer!, input, output);
        _graph.RemoveValue(input);
    }

    private void Add(TensorPlan tensor)
    {
        if (tensor.Value.Constant is { } constant)
        {
            AddConstant(tensor.Value, constant);
        }
        else if (_graph.Outputs.Contains(tensor.Value))
        {
            AddOutputPair(tensor.Value);
        }
        else if (_options.DedicatedPairs)
        {
            AddDedicatedPairs(tensor.Value);
        }
        else
        {
            AddPair(tensor.Value, [.. tensor.Value.Consumers.Distinct()], "");
        }
    }

    private void AddConstant(Value value, ConstantTensor constant)
    {
        if (_options.PairsOnWeights)
        {
            AddPair(value, [.. value.Consumers.Distinct()], "");
            return;
        }

        var encoding = _parameters[value];
        var quantized = _graph.AddConstant(Unique($"{value.Name}_quantized"), IntegerTensor.Quantize(constant, encoding.Type, encoding.Parameters, encoding.Integers));
        var real = _graph.AddValue(Unique($"{value.Name}_DequantizeLinear_Output"), value.Type);
        Redirect(value, real, [.. value.Consumers.Distinct()]);
        AddNode("DequantizeLinear", quantized, ParametersOf(value), real, $"{value.Name}_DequantizeLinear", encoding.Parameters.Axis);
        _integerNames[value.Name] = quantized.Name;
        Drop(value);
    }

    private void AddPair(Value value, IReadOnlyList<Node> readers, string suffix)
    {
        var encoding = _parameters[value];
        var quantized = AddQuantized(value, suffix);
        var real = _graph.AddValue(Unique($"{value.Name}_DequantizeLinear_Output{suffix}"), value.Type);
        Redirect(value, real, readers);
        AddNode("QuantizeLinear", value, ParametersOf(value), quantized, $"{value.Name}_QuantizeLinear{suffix}", encoding.Parameters.Axis);
        AddNode("DequantizeLinear", quantized, ParametersOf(value), real, $"{value.Name}_DequantizeLinear{suffix}", encoding.Parameters.Axis);
    }

    private void AddDedicatedPairs(Value value)
    {
        var readers = value.Consumers.Distinct().Where(_plan.Nodes.Contains).ToList();
        if (readers.Count < 2)
        {
            AddPair(value, [.. value.Consumers.Distinct()], "");
            return;
        }

        for (var i = 0; i < readers.Count; i++)
        {
            AddPair(value, [readers[i]], $"_{i + 1}");
        }
    }

    /// <summary>The graph's output keeps its name: it is what DequantizeLinear makes.</summary>
    private void AddOutputPair(Value value)
    {
        var made = _graph.AddValue(Unique($"{value.Name}_QuantizeLinear_Input"), value.Type);
        ModelGraph.SetResult(value.Producer!, value, made);
        var quantized = AddQuantized(value, "");
        AddNode("QuantizeLinear", made, ParametersOf(value), quantized, $"{value.Name}_QuantizeLinear", null);
        AddNode("DequantizeLinear", quantized, ParametersOf(value), value, $"{value.Name}_DequantizeLinear", null);
    }

    private void AddBias(BiasPlan bias)
    {
        var (value, input, weight) = (bias.Bias, _parameters[bias.Input].Parameters, _parameters[bias.Weight].Parameters);
        ImmutableArray<float> scales = [.. weight.Scales.Select(scale => input.Scales[0] * scale)];
        var shape = scales.Length == 1 ? Shape.Scalar : new Shape((long)scales.Length);
        var name = Unique($"{value.Name}_quantized");
        var elements = _biases.TryGetValue(bias, out var corrected) ? corrected : value.Constant!.AsSpan<float>();
        var quantized = _graph.AddConstant(name, IntegerTensor.QuantizeBias(elements, scales.AsSpan()));
        var scale = _graph.AddConstant(Unique($"{name}_scale"), ConstantTensor.Of(shape, scales.AsSpan()));
        var zeroPoint = _graph.AddConstant(Unique($"{name}_zero_point"), ConstantTensor.Of(shape, new int[scales.Length]));
        var real = _graph.AddValue(Unique($"{value.Name}_DequantizeLinear_Output"), value.Type);
        AddNode("DequantizeLinear", quantized, (scale, zeroPoint), real, $"{value.Name}_DequantizeLinear", scales.Length == 1 ? null : 0);
        ModelGraph.SetInput(bias.Node, bias.Index, real);
        Drop(value);
    }

    private Value AddQuantized(Value value, string suffix)
    {
        var quantized = _graph.AddValue(Unique($"{value.Name}_QuantizeLinear_Output{suffix}"), new TensorType(_parameters[value].Type, value.Shape));
        if (suffix.Length == 0)
        {
            _integerNames[value.Name] = quantized.Name;
        }

        return quantized;
    }

    /// <summary>Scale and zero point as constants; tensors that share parameters share these.</summary>
    private (Value Scale, Value ZeroPoint) ParametersOf(Value value)
    {
        var source = _plan.Source(value);
        if (!_constants.TryGetValue(source, out var constants))
        {
            var (type, parameters, _) = _parameters[source];
            var shape = parameters.Axis is null ? Shape.Scalar : new Shape((long)parameters.Scales.Length);
            var bytes = parameters.ZeroPoints.Select(zeroPoint => unchecked((byte)zeroPoint)).ToArray();
            constants = (
                _graph.AddConstant(Unique($"{source.Name}_scale"), ConstantTensor.Of(shape, parameters.Scales.AsSpan())),
                _graph.AddConstant(Unique($"{source.Name}_zero_point"), new ConstantTensor(type, shape, bytes)));
            _constants[source] = constants;
        }

        return constants;
    }

    private void AddNode(string opType, Value input, (Value Scale, Value ZeroPoint) parameters, Value output, string name, int? axis) =>
        _graph.AddNode(opType, [input, parameters.Scale, parameters.ZeroPoint], [output], axis is { } along ? new(new NodeAttribute("axis", new AttributeValue.Int(along))) : null, name);

    private static void Redirect(Value old, Value replacement, IReadOnlyList<Node> readers)
    {
        foreach (var reader in readers)
        {
            for (var i = 0; i < reader.Inputs.Count; i++)
            {
                if (ReferenceEquals(reader.Inputs[i], old))
                {
                    ModelGraph.SetInput(reader, i, replacement);
                }
            }
        }
    }

    private void Drop(Value constant)
    {
        if (constant.Consumers.Count == 0 && !_graph.Inputs.Contains(constant) && !_graph.Outputs.Contains(constant))
        {
            _graph.RemoveValue(constant);
        }
    }

    private string Unique(string wish) => _graph.UniqueValueName(wish);
}
