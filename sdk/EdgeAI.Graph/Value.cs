using EdgeAI.Hal;

namespace EdgeAI.Graph;

/// <summary>One edge of a graph: produced once (by a node, as an input, or known as a constant), consumed any number of times.</summary>
public sealed class Value
{
    private readonly ConsumerList _consumers = [];

    internal Value(string name, ValueType? type) => (Name, Type) = (name, type);

    /// <summary>Unique in its graph and the graphs around it.</summary>
    public string Name { get; internal set; }

    /// <summary>What is known of its type; inference refines it.</summary>
    public ValueType? Type { get; set; }

    /// <summary>The node that makes it; null for inputs and constants.</summary>
    public Node? Producer { get; internal set; }

    /// <summary>The elements, when they are known before the run.</summary>
    public ConstantTensor? Constant { get; internal set; }

    /// <summary>Nodes that read it, also inside subgraphs; a node that reads it twice stands here twice.</summary>
    public IReadOnlyList<Node> Consumers => _consumers;

    /// <summary>Text that came with the model.</summary>
    public string DocString { get; set; } = "";

    /// <summary>Free-form properties, in file order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; set; } = [];

    /// <summary>The tensor type, or null when it is no tensor or not known.</summary>
    public TensorType? Tensor => Type as TensorType;

    /// <summary>Element type; Undefined where unknown.</summary>
    public DataType Element => Tensor?.Element ?? DataType.Undefined;

    /// <summary>Shape; unknown rank where nothing is known.</summary>
    public Shape Shape => Tensor?.Shape ?? Shape.Unknown;

    /// <inheritdoc/>
    public override string ToString() => $"%{Name}: {Type?.ToString() ?? "?"}";

    internal void AddConsumer(Node node) => _consumers.Add(node);

    internal void RemoveConsumer(Node node) => _consumers.Remove(node);

    /// <summary>Takes all readers off; they read something else by now.</summary>
    internal void ClearConsumers() => _consumers.Clear();
}
