using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;

namespace EdgeAI.Testing.Networks;

/// <summary>
/// The simplest sound quantizer: ranges from one run of ONNX Runtime, uint8 activations, int8 weights by channel, int32 biases, in
/// DQ-op-Q groups as ONNX Runtime's own quantizer places them. It makes data for tests and benchmarks.
/// </summary>
public sealed class MinMaxQuantizer
{
    private static readonly HashSet<string> Operators =
        ["Conv", "Gemm", "MatMul", "Add", "Mul", "Concat", "MaxPool", "AveragePool", "GlobalAveragePool", "Resize", "Reshape", "Flatten", "Transpose", "Sigmoid", "LeakyRelu", "Relu", "Clip"];

    /// <summary>Operators that move elements: the result has its operand's scale.</summary>
    private static readonly HashSet<string> Movements = ["MaxPool", "Resize", "Reshape", "Flatten", "Transpose"];

    private readonly Model _source;
    private readonly Dictionary<string, (float Low, float High)> _ranges;
    private readonly QdqModel _result = new();
    private readonly Dictionary<Value, Value> _reals = [];
    private readonly Dictionary<Value, QuantizedValue> _quantized = [];

    private MinMaxQuantizer(Model source, Dictionary<string, (float Low, float High)> ranges) => (_source, _ranges) = (source, ranges);

    /// <summary>The integer form of a network whose normalizations are folded.</summary>
    /// <param name="bytes">A float model of static shapes.</param>
    /// <param name="feeds">Inputs by name that its ranges are measured on.</param>
    public static Model Quantize(byte[] bytes, IReadOnlyDictionary<string, EdgeTensor> feeds)
    {
        var source = OnnxReader.Read(bytes);
        ShapeInference.Infer(source);
        return new MinMaxQuantizer(source, Measure(bytes, feeds)).Build();
    }

    /// <summary>The least and the largest element of every float value in a run.</summary>
    public static Dictionary<string, (float Low, float High)> Measure(byte[] bytes, IReadOnlyDictionary<string, EdgeTensor> feeds)
    {
        var model = OnnxReader.Read(bytes);
        ShapeInference.Infer(model);
        var inner = model.Graph.Nodes.SelectMany(node => node.Outputs).OfType<Value>().Where(value => value.Element == DataType.Float32).Except(model.Graph.Outputs).ToList();
        inner.ForEach(model.Graph.AddOutput);
        using var oracle = new OnnxOracle();
        var results = oracle.Run(OnnxWriter.ToBytes(model), feeds);
        var ranges = model.Graph.Outputs.Zip(results).Where(pair => pair.First.Element == DataType.Float32)
            .ToDictionary(pair => pair.First.Name, pair => Range(MemoryMarshal.Cast<byte, float>(((OnnxValue.Tensor)pair.Second).Data.AsSpan())));
        foreach (var (name, feed) in feeds.Where(feed => feed.Value.Type == DataType.Float32))
        {
            ranges[name] = Range(MemoryMarshal.Cast<byte, float>(feed.Bytes));
        }

        return ranges;
    }

    private static (float Low, float High) Range(ReadOnlySpan<float> numbers)
    {
        var (low, high) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var number in numbers)
        {
            (low, high) = (Math.Min(low, number), Math.Max(high, number));
        }

        return (low, high);
    }

    private Model Build()
    {
        foreach (var input in _source.Graph.Inputs)
        {
            _reals[input] = _result.Graph.AddValue(input.Name, input.Type);
            _result.Graph.AddInput(_reals[input]);
        }

        foreach (var node in _source.Graph.Nodes)
        {
            if (IsQuantizable(node))
            {
                AddGroup(node);
            }
            else
            {
                AddReal(node);
            }
        }

        foreach (var output in _source.Graph.Outputs)
        {
            var result = _quantized.TryGetValue(output, out var quantized) ? _result.Dequantized(quantized, output.Name) : _reals[output];
            result.Type = output.Type;
            _result.Graph.AddOutput(result);
        }

        return _result.Model;
    }

    private static bool IsQuantizable(Node node) =>
        Operators.Contains(node.OpType) && node.Domain.Length == 0 && node.Input(0)!.Element == DataType.Float32;

    /// <summary>DQ on each operand, the operator; Q unless an activation function follows that belongs to the same group.</summary>
    private void AddGroup(Node node)
    {
        var output = node.Outputs[0]!;
        var isActivation = node.OpType is "Relu" or "Clip" && _reals.ContainsKey(node.Inputs[0]!);
        var inputs = isActivation ? [.. node.Inputs.Select(input => input!.Constant is null ? _reals[input] : Constant(input))]
            : node.Inputs.Select((input, index) => input is null ? null : Operand(node, input, index)).ToList();
        var real = _result.Node(node.OpType, inputs, node.Attributes);
        if (output.Consumers is [{ OpType: "Relu" or "Clip" }] && node.OpType is not ("Relu" or "Clip") && !_source.Graph.Outputs.Contains(output))
        {
            _reals[output] = real;
            return;
        }

        _quantized[output] = Movements.Contains(node.OpType) && Quantized(node.Inputs[0]!) is var same
            ? _result.Quantized(real, same.Type, same.Scale, same.ZeroPoint) : Quantize(real, output.Name);
    }

    private void AddReal(Node node)
    {
        var inputs = node.Inputs.Select(input => input is null ? null : input.Constant is null ? Real(input) : Constant(input));
        var output = node.Outputs[0]!;
        _reals[output] = _result.Node(node.OpType, inputs, node.Attributes, name: _source.Graph.Outputs.Contains(output) ? output.Name : null);
    }

    private Value Operand(Node node, Value value, int index)
    {
        if (value.Constant is null)
        {
            return value.Element == DataType.Float32 ? _result.Dequantized(Quantized(value)) : Real(value);
        }

        return value.Element != DataType.Float32 || node.OpType is "Clip" or "Resize" ? Constant(value)
            : index == 2 ? Bias(node, value)
            : index == 1 && node.OpType is ("Conv" or "Gemm" or "MatMul") ? _result.Dequantized(Weights(node))
            : _result.Dequantized(Quantized(value));
    }

    private Value Constant(Value value) => _reals.TryGetValue(value, out var constant) ? constant : _reals[value] = _result.Constant(value.Constant!);

    private Value Real(Value value) =>
        _reals.TryGetValue(value, out var real) ? real : _result.Dequantized(_quantized[value]);

    private QuantizedValue Quantized(Value value)
    {
        if (_quantized.TryGetValue(value, out var quantized))
        {
            return quantized;
        }

        if (value.Constant is { } constant)
        {
            _ranges[value.Name] = Range(constant.AsSpan<float>());
        }

        return _quantized[value] = Quantize(value.Constant is null ? _reals[value] : Constant(value), value.Name);
    }

    private QuantizedValue Quantize(Value real, string name)
    {
        var (low, high) = (Math.Min(0, _ranges[name].Low), Math.Max(0, _ranges[name].High));
        var scale = high > low ? (high - low) / byte.MaxValue : 1;
        return _result.Quantized(real, DataType.UInt8, scale, (int)Math.Clamp(MathF.Round(-low / scale), 0, byte.MaxValue));
    }

    private static int Axis(Node node) => node.OpType == "Conv" || node.Attributes.Int("transB", 0) == 1 ? 0 : 1;

    private static float[] Scales(Node node)
    {
        var weights = node.Inputs[1]!.Constant!;
        var channels = weights.Shape[Axis(node)].Value;
        var scales = new float[channels];
        ForEach(node, weights, (weight, channel, _) => scales[channel] = Math.Max(scales[channel], Math.Abs(weight) / sbyte.MaxValue));
        return [.. scales.Select(scale => scale > 0 ? scale : 1)];
    }

    private static QuantizedConstant Weights(Node node)
    {
        var weights = node.Inputs[1]!.Constant!;
        var scales = Scales(node);
        var elements = new sbyte[weights.Shape.ElementCount];
        ForEach(node, weights, (weight, channel, index) => elements[index] = (sbyte)Math.Clamp(MathF.Round(weight / scales[channel]), -sbyte.MaxValue, sbyte.MaxValue));
        return new(ConstantTensor.Of<sbyte>(weights.Shape, elements), scales, new int[scales.Length], Axis(node));
    }

    private Value Bias(Node node, Value value)
    {
        var scale = Quantized(node.Inputs[0]!).Scale;
        float[] scales = [.. Scales(node).Select(weight => weight * scale)];
        int[] elements = [.. value.Constant!.AsSpan<float>().ToArray().Select((bias, channel) => (int)Math.Clamp(Math.Round(bias / (double)scales[channel]), int.MinValue, int.MaxValue))];
        return _result.Dequantized(new QuantizedConstant(ConstantTensor.Of<int>(value.Shape, elements), scales, new int[scales.Length]));
    }

    /// <summary>Each weight with its channel and its place.</summary>
    private static void ForEach(Node node, ConstantTensor weights, Action<float, int, int> action)
    {
        var elements = weights.AsSpan<float>();
        var channels = (int)weights.Shape[Axis(node)].Value;
        var row = elements.Length / channels;
        for (var i = 0; i < elements.Length; i++)
        {
            action(elements[i], Axis(node) == 0 ? i / row : i % channels, i);
        }
    }
}
