using EdgeAI.Graph;
using EdgeAI.Hal;
using ValueType = EdgeAI.Graph.ValueType;

namespace EdgeAI.Testing;

/// <summary>An 8-bit value of a model under construction, with its parameters.</summary>
public sealed record QuantizedValue(Value Value, DataType Type, float Scale, int ZeroPoint);

/// <summary>Builds models of DQ-op-Q groups.</summary>
public sealed class QdqModel
{
    private int _names;

    public QdqModel(long opset = 17)
    {
        Model = new Model(Graph) { IrVersion = 8 };
        Model.OpsetImports[""] = opset;
        Model.OpsetImports["com.microsoft"] = 1;
    }

    public ModelGraph Graph { get; } = new("test");

    public Model Model { get; }

    /// <summary>
    /// A float input and its quantizer. The borders of the model are float, because ONNX Runtime on x64 computes groups of int8
    /// values in integers only where it sees both quantizer and dequantizer of each value.
    /// </summary>
    public QuantizedValue Input(DataType type, float scale, int zeroPoint, params long[] extents)
    {
        var real = Graph.AddValue(Name("x"), new TensorType(DataType.Float32, new Shape(extents)));
        Graph.AddInput(real);
        var value = Quantized(real, type, scale, zeroPoint);
        value.Value.Type = new TensorType(type, new Shape(extents));
        Inputs.Add(value);
        return value;
    }

    /// <summary>The quantized inputs, in order.</summary>
    public List<QuantizedValue> Inputs { get; } = [];

    /// <summary>The quantized outputs, in order.</summary>
    public List<QuantizedValue> Outputs { get; } = [];

    public void Output(QuantizedValue value)
    {
        Outputs.Add(value);
        Graph.AddOutput(Dequantized(value));
    }

    /// <summary>DQ on every operand (constants too), the operator, perhaps Relu, or Clip and its bounds, Q.</summary>
    public QuantizedValue Group(
        string op, IEnumerable<object?> operands, DataType type, float scale, int zeroPoint, AttributeList? attributes = null, string? activation = null, string domain = "",
        IEnumerable<ConstantTensor>? bounds = null)
    {
        var real = Node(op, Reals(operands), attributes, domain);
        real = activation is null ? real : Node(activation, [real, .. (bounds ?? []).Select(Constant)]);
        return Quantized(real, type, scale, zeroPoint);
    }

    /// <summary>A group with several results of its input's parameters.</summary>
    public QuantizedValue[] Groups(string op, IEnumerable<object?> operands, int results, QuantizedValue like, AttributeList? attributes = null)
    {
        var outputs = Enumerable.Range(0, results).Select(_ => Graph.AddValue(Name("v"), (ValueType?)null)).ToArray();
        Graph.AddNode(op, Reals(operands), outputs, attributes, Name(op));
        return [.. outputs.Select(output => Quantized(output, like.Type, like.Scale, like.ZeroPoint))];
    }

    public QuantizedValue Quantized(Value real, DataType type, float scale, int zeroPoint) =>
        new(Node("QuantizeLinear", [real, Scale(scale), Zero(type, zeroPoint)]), type, scale, zeroPoint);

    /// <summary>A node on integers as they are.</summary>
    public QuantizedValue Plain(string op, QuantizedValue input, AttributeList? attributes = null, params ConstantTensor[] others) =>
        input with { Value = Node(op, [input.Value, .. others.Select(other => Graph.AddConstant(Name("c"), other))], attributes) };

    /// <summary>A node with a domain of its own, for QLinear forms; its result may be given a name.</summary>
    public Value Node(string op, IEnumerable<Value?> inputs, AttributeList? attributes = null, string domain = "", string? name = null)
    {
        var output = Graph.AddValue(name ?? Name("v"), (ValueType?)null);
        Graph.AddNode(op, inputs, [output], attributes, Name(op), domain);
        return output;
    }

    public Value Scale(params float[] scales) => Graph.AddConstant(Name("s"), ConstantTensor.Of<float>(scales.Length == 1 ? Shape.Scalar : new Shape(scales.Length), scales));

    public Value Zero(DataType type, params int[] zeros)
    {
        var shape = zeros.Length == 1 ? Shape.Scalar : new Shape(zeros.Length);
        return Graph.AddConstant(Name("z"), type switch
        {
            DataType.UInt8 => ConstantTensor.Of<byte>(shape, [.. zeros.Select(zero => (byte)zero)]),
            DataType.Int8 => ConstantTensor.Of<sbyte>(shape, [.. zeros.Select(zero => (sbyte)zero)]),
            _ => ConstantTensor.Of<int>(shape, zeros),
        });
    }

    public Value Constant(ConstantTensor tensor) => Graph.AddConstant(Name("c"), tensor);

    /// <summary>A dequantizer of its own for one reader; its result may be given a name.</summary>
    public Value Dequantized(QuantizedValue value, string? name = null) =>
        Node("DequantizeLinear", [value.Value, Scale(value.Scale), Zero(value.Type, value.ZeroPoint)], name: name);

    /// <summary>A dequantizer on constant weights or bias.</summary>
    public Value Dequantized(QuantizedConstant constant)
    {
        var attributes = constant.Scales.Length > 1 ? new AttributeList(new NodeAttribute("axis", new AttributeValue.Int(constant.Axis))) : null;
        return Node("DequantizeLinear", [Constant(constant.Tensor), Scale(constant.Scales), Zero(constant.Tensor.Type, constant.Zeros)], attributes);
    }

    private List<Value?> Reals(IEnumerable<object?> operands) => [.. operands.Select(operand => operand switch
    {
        QuantizedValue q => Dequantized(q),
        QuantizedConstant c => Dequantized(c),
        Value value => value,
        ConstantTensor tensor => Graph.AddConstant(Name("c"), tensor),
        _ => null,
    })];

    private string Name(string prefix) => $"{prefix}{_names++}";
}

/// <summary>Constant weights or bias with their parameters.</summary>
public sealed record QuantizedConstant(ConstantTensor Tensor, float[] Scales, int[] Zeros, int Axis = 0);
