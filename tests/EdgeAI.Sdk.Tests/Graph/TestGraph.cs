using System.Globalization;
using System.Text;
using EdgeAI.Graph;
using EdgeAI.Hal;
using ValueType = EdgeAI.Graph.ValueType;

namespace EdgeAI.Sdk.Tests.Graph;

/// <summary>Builds small models in a few words.</summary>
internal sealed class TestGraph
{
    private int _count;

    private readonly string _prefix;

    public TestGraph(long opset = 13, ModelGraph? parent = null, string prefix = "")
    {
        _prefix = prefix;
        Graph = new("test", parent);
        Model = new(Graph) { IrVersion = 8 };
        Model.OpsetImports[""] = opset;
        Model.OpsetImports["com.microsoft"] = 1;
        Model.OpsetImports["ai.onnx.ml"] = 3;
    }

    public Model Model { get; }

    public ModelGraph Graph { get; }

    /// <summary>An input of a type such as "f32[1,N,?]".</summary>
    public Value Input(string type, string? name = null)
    {
        var value = Graph.AddValue(name ?? $"{_prefix}in{_count++}", TypeOf(type));
        Graph.AddInput(value);
        return value;
    }

    public Value Constant<T>(Shape shape, params ReadOnlySpan<T> items)
        where T : unmanaged => Graph.AddConstant($"{_prefix}const{_count++}", ConstantTensor.Of(shape, items));

    public Value Vector<T>(params ReadOnlySpan<T> items)
        where T : unmanaged => Constant(new Shape((long)items.Length), items);

    /// <summary>A node with one result, of attributes such as "axis=1 perm=[1,0] mode=linear alpha=0.5".</summary>
    public Value Node(string opType, string attributes, params Value?[] inputs) => Nodes(opType, attributes, 1, inputs)[0];

    public Value[] Nodes(string opType, string attributes, int outputs, params Value?[] inputs)
    {
        var results = Enumerable.Range(0, outputs).Select(_ => Graph.AddValue($"{_prefix}v{_count++}")).ToArray();
        var parts = opType.Split('/');
        Graph.AddNode(parts[^1], inputs, results, AttributesOf(attributes), domain: parts.Length > 1 ? parts[0] : "");
        return results;
    }

    public Value Output(Value value)
    {
        Graph.AddOutput(value);
        return value;
    }

    /// <summary>"f32[1,N,?]", "i64[]", "u8?" (unknown rank).</summary>
    public static ValueType TypeOf(string text)
    {
        var bracket = text.IndexOf('[', StringComparison.Ordinal);
        if (bracket < 0)
        {
            return new TensorType(ElementOf(text.TrimEnd('?')), Shape.Unknown);
        }

        var extents = text[(bracket + 1)..^1].Split(',', StringSplitOptions.RemoveEmptyEntries);
        return new TensorType(ElementOf(text[..bracket]), new([.. extents.Select(ExtentOf)]));
    }

    public static AttributeList AttributesOf(string text) =>
        new(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('=', 2)).Select(pair => new NodeAttribute(pair[0], AttributeOf(pair[1]))));

    /// <summary>An operand by text: "_" none, "f32[2,3]" given at run time, "i64=1,2" a known vector, "i64=5!" a known scalar.</summary>
    public Value? Operand(string text)
    {
        if (text == "_")
        {
            return null;
        }

        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return Input(text);
        }

        var items = text[(equals + 1)..].TrimEnd('!').Split(',', StringSplitOptions.RemoveEmptyEntries);
        var shape = text.EndsWith('!') ? Shape.Scalar : new Shape((long)items.Length);
        return text[..equals] switch
        {
            "i64" => Constant<long>(shape, [.. items.Select(item => long.Parse(item, CultureInfo.InvariantCulture))]),
            "i32" => Constant<int>(shape, [.. items.Select(item => int.Parse(item, CultureInfo.InvariantCulture))]),
            "u8" => Constant<byte>(shape, [.. items.Select(item => byte.Parse(item, CultureInfo.InvariantCulture))]),
            "i8" => Constant<sbyte>(shape, [.. items.Select(item => sbyte.Parse(item, CultureInfo.InvariantCulture))]),
            "bool" => Constant<bool>(shape, [.. items.Select(item => item == "1")]),
            _ => Constant<float>(shape, [.. items.Select(item => float.Parse(item, CultureInfo.InvariantCulture))]),
        };
    }

    private static DataType ElementOf(string text) => text switch
    {
        "f32" => DataType.Float32,
        "f16" => DataType.Float16,
        "f64" => DataType.Float64,
        "i64" => DataType.Int64,
        "i32" => DataType.Int32,
        "i16" => DataType.Int16,
        "i8" => DataType.Int8,
        "u8" => DataType.UInt8,
        "bool" => DataType.Boolean,
        "string" => DataType.String,
        _ => throw new ArgumentException(text),
    };

    private static Dimension ExtentOf(string text) =>
        text == "?" ? Dimension.Unknown
        : long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number
        : Dimension.Named(text);

    private static AttributeValue AttributeOf(string text) =>
        text.StartsWith('[') && text.Contains('.', StringComparison.Ordinal) ? new AttributeValue.Floats([.. text[1..^1].Split(',').Select(item => float.Parse(item, CultureInfo.InvariantCulture))])
        : text.StartsWith('[') ? new AttributeValue.Ints([.. text[1..^1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(item => long.Parse(item, CultureInfo.InvariantCulture))])
        : long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? new AttributeValue.Int(number)
        : float.TryParse(text, CultureInfo.InvariantCulture, out var real) ? new AttributeValue.Float(real)
        : new AttributeValue.Text(Encoding.UTF8.GetBytes(text));
}
