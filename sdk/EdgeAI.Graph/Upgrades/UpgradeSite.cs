using System.Collections.Immutable;
using System.Globalization;
using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Upgrades;

/// <summary>What a rule sees of the node that it is applied to, and how it changes it.</summary>
/// <param name="rule">The rule, for messages.</param>
/// <param name="node">The node; its operands are of the newer version already, and their types are known as far as inference goes.</param>
/// <param name="version">The version of ai.onnx that the node is written in.</param>
/// <param name="target">The version that the model is lifted to.</param>
/// <param name="engine">Types of the operands.</param>
/// <param name="names">Names that are taken.</param>
internal sealed class UpgradeSite(UpgradeRule rule, Node node, long version, long target, InferenceEngine engine, ValueNames names)
{
    private readonly List<Node> _nodes = [];

    public Node Node => node;

    public AttributeList Attributes => node.Attributes;

    public long Version => version;

    public long Target => target;

    /// <summary>The version that the new nodes are written in; the rule's, unless it says another.</summary>
    public long ResultVersion { get; set; } = Math.Max(version, rule.Version);

    /// <summary>The nodes that stand for the node now, in order; empty where the rule left it.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    public Value? Input(int index) => node.Input(index);

    /// <summary>An operand that must be there.</summary>
    public Value Required(int index) => node.Input(index) ?? throw Refuse($"operand {index} is left out; it is required");

    public Shape ShapeOf(int input) => node.Input(input) is { } value ? (engine.TypeOf(value) as TensorType)?.Shape ?? Shape.Unknown : Shape.Unknown;

    /// <summary>The rank of an operand.</summary>
    public int RankOf(int input) => ShapeOf(input) is { HasRank: true } shape ? shape.Rank
        : throw Refuse($"the rank of operand '{node.Input(input)?.Name}' is not known; expected a declared shape");

    /// <summary>The element type of an operand.</summary>
    public DataType ElementOf(int input) =>
        node.Input(input) is { } value && (engine.TypeOf(value) as TensorType)?.Element is { } element and not DataType.Undefined ? element
        : throw Refuse($"the element type of operand '{node.Input(input)?.Name}' is not known; expected a declared type");

    /// <summary>The integers of an operand that is known before the run.</summary>
    public long[] IntegersOf(int input)
    {
        var value = Required(input);
        return engine.IntegersOf(value) is { IsKnown: true } items ? [.. items.Items.Select(item => item.Value)]
            : engine.ConstantOf(value) is { Type: DataType.Int64 or DataType.Int32 } constant ? constant.ToInt64()
            : engine.ConstantOf(value) is { Type: DataType.Float32 } reals ? Whole(reals)
            : throw Refuse($"operand '{value.Name}' is computed in the run; expected a constant");
    }

    public ConstantTensor? ConstantOf(int input) => node.Input(input) is { } value ? engine.ConstantOf(value) : null;

    /// <summary>A new vector of integers.</summary>
    public Value Integers(string what, params ImmutableArray<long> items) => Constant(what, ConstantTensor.Of<long>(new Shape((long)items.Length), items.AsSpan()));

    /// <summary>A new vector of floats.</summary>
    public Value Floats(string what, params ImmutableArray<float> items) => Constant(what, ConstantTensor.Of<float>(new Shape((long)items.Length), items.AsSpan()));

    /// <summary>A new scalar of a type of floats (or integers, for what is whole).</summary>
    public Value Scalar(string what, double number, DataType type) => Constant(what, Numbers(Shape.Scalar, [number], type));

    /// <summary>Elements of a type.</summary>
    public ConstantTensor Numbers(Shape shape, double[] numbers, DataType type) => type switch
    {
        DataType.Float32 => ConstantTensor.Of<float>(shape, [.. numbers.Select(item => (float)item)]),
        DataType.Float16 => ConstantTensor.Of<Half>(shape, [.. numbers.Select(item => (Half)item)]),
        DataType.Float64 => ConstantTensor.Of<double>(shape, numbers),
        DataType.Int32 => ConstantTensor.Of<int>(shape, [.. numbers.Select(item => checked((int)item))]),
        DataType.Int64 => ConstantTensor.Of<long>(shape, [.. numbers.Select(item => checked((long)item))]),
        DataType.Int8 => ConstantTensor.Of<sbyte>(shape, [.. numbers.Select(item => checked((sbyte)item))]),
        DataType.UInt8 => ConstantTensor.Of<byte>(shape, [.. numbers.Select(item => checked((byte)item))]),
        DataType.Boolean => ConstantTensor.Of<bool>(shape, [.. numbers.Select(item => item != 0)]),
        _ => throw Refuse($"numbers of {type} are not written by this rule"),
    };

    public Value Constant(string what, ConstantTensor tensor) => node.Graph.AddConstant(names.Unique($"{node.Name}/{what}"), tensor);

    /// <summary>A new node before this one, of one result.</summary>
    public Value Insert(string opType, string what, AttributeList attributes, params ReadOnlySpan<Value?> inputs)
    {
        var result = node.Graph.AddValue(names.Unique($"{node.Name}/{what}"));
        _nodes.Add(node.Graph.CreateNode(opType, inputs.ToArray(), [result], attributes, $"{node.Name}/{what}"));
        return result;
    }

    /// <summary>The node itself becomes another one that makes the same results.</summary>
    public void Become(string opType, AttributeList attributes, params ReadOnlySpan<Value?> inputs) => Become(opType, attributes, inputs.ToArray(), [.. node.Outputs]);

    /// <summary>The node becomes another one whose results are these; those that are left out are read by nobody.</summary>
    public void Become(string opType, AttributeList attributes, Value?[] inputs, Value?[] outputs)
    {
        var graph = node.Graph;
        graph.Detach(node);
        var result = graph.CreateNode(opType, inputs, outputs, attributes, node.Name);
        (result.DocString, result.Metadata, result.Overload) = (node.DocString, node.Metadata, node.Overload);
        _nodes.Add(result);
        RemoveUnread(node.Outputs.Where(output => output is not null && !outputs.Contains(output)));
        RemoveUnread(node.Inputs.Distinct().Where(input => input is { Constant: not null }));
    }

    /// <summary>The node keeps operator, operands and results and gets other attributes.</summary>
    public void Become(AttributeList attributes) => Become(node.OpType, attributes, [.. node.Inputs], [.. node.Outputs]);

    /// <summary>A node behind the one that this became.</summary>
    public void Append(string opType, string what, AttributeList attributes, Value?[] inputs, Value?[] outputs) =>
        _nodes.Add(node.Graph.CreateNode(opType, inputs, outputs, attributes, $"{node.Name}/{what}"));

    /// <summary>A new value that no node makes yet.</summary>
    public Value NewValue(string what) => node.Graph.AddValue(names.Unique($"{node.Name}/{what}"));

    /// <summary>True where some node or the graph's outputs read a result.</summary>
    public bool IsRead(int output) => node.Output(output) is { } value && (value.Consumers.Count > 0 || node.Graph.Outputs.Contains(value));

    /// <summary>An error that names rule, node, found and expected.</summary>
    public ModelFormatException Refuse(string reason) => new($"Upgrade rule '{rule.Name}' at {node}: {reason}.");

    private void RemoveUnread(IEnumerable<Value?> values)
    {
        foreach (var value in values.OfType<Value>().ToList())
        {
            var isOwn = node.Graph.Values.TryGetValue(value.Name, out var own) && ReferenceEquals(own, value);
            if (isOwn && value.Consumers.Count == 0 && !node.Graph.Inputs.Contains(value) && !node.Graph.Outputs.Contains(value))
            {
                node.Graph.RemoveValue(value);
            }
        }
    }

    private long[] Whole(ConstantTensor reals)
    {
        var items = reals.AsSpan<float>().ToArray();
        var isWhole = Array.TrueForAll(items, item => float.IsInteger(item) && Math.Abs(item) < int.MaxValue);
        return isWhole ? [.. items.Select(item => (long)item)]
            : throw Refuse($"an operand holds {string.Join(", ", items.Take(4).Select(item => item.ToString("R", CultureInfo.InvariantCulture)))}; expected whole numbers");
    }
}
