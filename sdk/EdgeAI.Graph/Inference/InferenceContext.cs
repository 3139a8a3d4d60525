using System.Collections.Immutable;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Inference;

/// <summary>What a rule sees of a node: operands' types, constants and small integers, attributes with their defaults; and where it puts results.</summary>
internal sealed class InferenceContext
{
    private readonly InferenceEngine _engine;
    private readonly OperatorSchema _schema;
    private ValueType?[]? _types;
    private IntegerTensor?[]? _integers;

    public InferenceContext(InferenceEngine engine, Node node, OperatorSchema schema, long version) =>
        (_engine, Node, _schema, Version) = (engine, node, schema, version);

    public Node Node { get; }

    /// <summary>Version of the node's operator set that the model imports.</summary>
    public long Version { get; }

    public int InputCount => Node.Inputs.Count;

    public int OutputCount => Node.Outputs.Count;

    /// <summary>True when that operand is given.</summary>
    public bool Has(int input) => Node.Input(input) is not null;

    public ValueType? TypeOf(int input) => Node.Input(input) is { } value ? _engine.TypeOf(value) : null;

    /// <summary>The operand's shape; unknown where it is left out.</summary>
    public Shape ShapeOf(int input) => (TypeOf(input) as TensorType)?.Shape ?? Shape.Unknown;

    public DataType ElementOf(int input) => (TypeOf(input) as TensorType)?.Element ?? DataType.Undefined;

    /// <summary>The operand's elements, where they cannot change from run to run.</summary>
    public ConstantTensor? ConstantOf(int input) => Node.Input(input) is { } value ? _engine.ConstantOf(value) : null;

    /// <summary>What is known of a small integer operand.</summary>
    public IntegerTensor? IntegersOf(int input) => Node.Input(input) is { } value ? _engine.IntegersOf(value) : null;

    /// <summary>The elements of an integer operand when all are known.</summary>
    public long[]? NumbersOf(int input)
    {
        if (IntegersOf(input) is { } integers)
        {
            return integers.IsKnown ? [.. integers.Items.Select(item => item.Value)] : null;
        }

        return ConstantOf(input) is { Type: DataType.Int64 or DataType.Int32 } constant ? constant.ToInt64() : null;
    }

    /// <summary>An attribute that is there, or its default.</summary>
    public AttributeValue? Attribute(string name) =>
        Node.Attributes.TryGet(name, out var value) ? value : _schema.Attribute(name, Version)?.Default;

    public long Int(string name) => Find<AttributeValue.Int>(name)?.Value
        ?? throw Error($"attribute '{name}' is missing; expected an integer.");

    public long? IntOrNull(string name) => Find<AttributeValue.Int>(name)?.Value;

    public float Float(string name) => Find<AttributeValue.Float>(name)?.Value
        ?? throw Error($"attribute '{name}' is missing; expected a number.");

    public string Text(string name) => Find<AttributeValue.Text>(name)?.ToString() ?? "";

    /// <summary>Integers, or default where absent.</summary>
    public ImmutableArray<long> Ints(string name) => Find<AttributeValue.Ints>(name)?.Values ?? default;

    public ModelGraph Subgraph(string name) => Find<AttributeValue.Graph>(name)?.Value
        ?? throw Error($"attribute '{name}' is missing; expected a graph.");

    /// <summary>An axis counted from the front; an error where it lies outside.</summary>
    public int Axis(long axis, int rank, string what = "axis")
    {
        var result = axis < 0 ? axis + rank : axis;
        return result >= 0 && result < rank ? (int)result
            : throw Error($"{what}: found {axis}; expected {-rank} … {rank - 1} (rank {rank}).");
    }

    /// <summary>Axes counted from the front, each once.</summary>
    public int[] Axes(IEnumerable<long> axes, int rank)
    {
        int[] result = [.. axes.Select(axis => Axis(axis, rank, "axes"))];
        return result.Distinct().Count() == result.Length ? result
            : throw Error($"axes: found {string.Join(',', result)}; expected each axis once.");
    }

    /// <summary>An error when the operand's rank is known and another.</summary>
    public void ExpectRank(int input, int rank)
    {
        var shape = ShapeOf(input);
        if (shape.HasRank && shape.Rank != rank)
        {
            throw Error($"operand '{Node.Input(input)!.Name}' has shape {shape}; expected rank {rank}.");
        }
    }

    /// <summary>Result of the element type that the signature says.</summary>
    public void Set(int output, Shape shape) => Set(output, SignatureElement(output), shape);

    public void Set(int output, DataType element, Shape shape) => SetType(output, new TensorType(element, shape));

    /// <exception cref="ModelFormatException">The rank or the nesting of the type passes what any model needs: from node to node it could double.</exception>
    public void SetType(int output, ValueType? type)
    {
        if (type is not null && (type.Depth > ValueType.MaximumDepth || (type as TensorType)?.Shape.Rank > ValueType.MaximumRank))
        {
            throw Error($"a result of rank {(type as TensorType)?.Shape.Rank ?? 0}, nested {type.Depth} deep; expected at most rank {ValueType.MaximumRank}, {ValueType.MaximumDepth} deep.");
        }

        if (output < OutputCount)
        {
            (_types ??= new ValueType?[OutputCount])[output] = type;
        }
    }

    /// <summary>What is known of a small integer result.</summary>
    public void SetIntegers(int output, IntegerTensor? integers)
    {
        if (output < OutputCount && integers?.Items.Length <= IntegerTensor.MaximumCount)
        {
            (_integers ??= new IntegerTensor?[OutputCount])[output] = integers;
        }
    }

    public ValueType? ResultType(int output) => output < _types?.Length ? _types[output] : null;

    public Shape ResultShape(int output) => (ResultType(output) as TensorType)?.Shape ?? Shape.Unknown;

    public IntegerTensor? ResultIntegers(int output) => _integers?[output];

    /// <summary>Bodies that the node stands in.</summary>
    public int BodyDepth => _engine.Depth;

    /// <summary>
    /// Where each element of result 0 comes from, for operators that only move elements; null where that is not known or there are
    /// more than <paramref name="maximum"/>. No rule is asked for results without elements: their other extents may be huge.
    /// </summary>
    public IndexMap? Map(long maximum) =>
        _schema.Map is not { } map || ResultShape(0) is not { IsStatic: true } shape || shape.ElementCount > maximum ? null
        : shape.ElementCount == 0 ? new([.. shape.ToArray()], [])
        : map(this);

    /// <summary>Infers a body whose inputs have these types (null: as declared); the types of its outputs.</summary>
    public ImmutableArray<ValueType?> InferBody(ModelGraph body, IReadOnlyList<ValueType?>? inputs = null) => _engine.InferBody(body, inputs, Node);

    /// <summary>An error at this node; the message says what was found and expected.</summary>
    public ModelFormatException Error(string message) => new($"{Node}: {message}");

    /// <summary>The element type that the signature gives a result, from its type set or from an operand of the same variable.</summary>
    public DataType SignatureElement(int output)
    {
        var outputs = _schema.OutputsAt(Version);
        if (outputs.Length == 0)
        {
            return DataType.Undefined;
        }

        var operand = outputs[Math.Min(output, outputs.Length - 1)];
        var single = operand.Types.Single;
        return single != DataType.Undefined || !operand.IsVariable ? single : BoundElement(operand.Type);
    }

    /// <summary>The element type of the first operand that has this type variable.</summary>
    public DataType BoundElement(string variable)
    {
        var inputs = _schema.InputsAt(Version);
        for (var i = 0; i < Node.Inputs.Count && inputs.Length > 0; i++)
        {
            if (inputs[Math.Min(i, inputs.Length - 1)].Type == variable && ElementOf(i) is not DataType.Undefined and var element)
            {
                return element;
            }
        }

        return DataType.Undefined;
    }

    private T? Find<T>(string name)
        where T : AttributeValue =>
        Attribute(name) is not { } value ? null
        : value as T ?? throw Error($"attribute '{name}' is a {value.GetType().Name}; expected a {typeof(T).Name}.");
}
