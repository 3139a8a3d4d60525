using System.Collections.Immutable;
using EdgeAI.Graph;

namespace EdgeAI.Compiler.Partitioning;

/// <summary>
/// Groups the nodes of a graph into units. A DQ-op-Q group stays whole because ONNX Runtime computes it as one integer
/// kernel: cut inside, it would give other numbers. Expects that each DequantizeLinear has one consumer.
/// </summary>
internal sealed class UnitGrouper
{
    /// <summary>Nodes of the longest function that is worth a group: a hard-swish or Gelu written out has fewer.</summary>
    private const int LargestFunction = 16;

    private static readonly HashSet<string> ElementwiseOperators = new(StringComparer.Ordinal)
    {
        "Abs", "Add", "Atan", "Ceil", "Celu", "Clip", "Cos", "Div", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Log", "Max", "Min",
        "Mish", "Mul", "Neg", "Pow", "Reciprocal", "Relu", "Round", "Selu", "Sigmoid", "Sign", "Sin", "Softplus", "Softsign", "Sqrt", "Sub", "Tanh", "ThresholdedRelu",
    };

    private readonly ModelGraph _graph;
    private readonly HashSet<Value> _outputs;
    private readonly Dictionary<Node, int> _order = [];
    private readonly Dictionary<Node, Node> _anchorOf = [];

    private UnitGrouper(ModelGraph graph)
    {
        (_graph, _outputs) = (graph, [.. graph.Outputs]);
        foreach (var node in graph.Nodes)
        {
            _order[node] = _order.Count;
        }
    }

    /// <summary>The units of a graph in a topological order.</summary>
    public static ImmutableArray<GraphUnit> Group(ModelGraph graph) => new UnitGrouper(graph).Run();

    private ImmutableArray<GraphUnit> Run()
    {
        foreach (var node in _graph.Nodes.Where(node => !IsQuantizer(node)))
        {
            Join(node);
        }

        foreach (var node in _graph.Nodes)
        {
            _anchorOf.TryAdd(node, node);
        }

        var members = _graph.Nodes.GroupBy(node => _anchorOf[node]).OrderBy(group => _order[group.Key]);
        return [.. members.Select((group, index) => Build(index, group.Key, [.. group]))];
    }

    /// <summary>Joins dequantizers of constants to their consumer always, and a whole DQ-op-Q group where there is one.</summary>
    private void Join(Node node)
    {
        if (_anchorOf.ContainsKey(node))
        {
            return;
        }

        var dequantizers = node.Inputs.OfType<Value>().Select(value => value.Producer)
            .OfType<Node>().Where(producer => IsOwnDequantizer(producer, node)).Distinct().ToList();
        var isGroup = dequantizers.Exists(producer => producer.Input(0)!.Constant is null) && ReadsOnly(node, dequantizers);
        var tail = isGroup ? Tail(node) ?? FunctionTail(node) : null;
        foreach (var producer in dequantizers.Where(producer => tail is not null || producer.Input(0)!.Constant is not null))
        {
            _anchorOf[producer] = node;
        }

        foreach (var follower in tail ?? [])
        {
            _anchorOf[follower] = node;
        }
    }

    /// <summary>The activation and quantizers behind a node, or null when something else reads its results.</summary>
    private List<Node>? Tail(Node node)
    {
        var tail = new List<Node>();
        foreach (var output in node.Outputs.OfType<Value>())
        {
            var next = OnlyConsumer(output);
            if (next is not null && IsActivation(next) && ReferenceEquals(next.Input(0), output) && node.Outputs.Count == 1)
            {
                tail.Add(next);
                next = OnlyConsumer(next.Output(0)!);
            }

            if (next is null || !next.Is("QuantizeLinear") || !HasConstantParameters(next))
            {
                return null;
            }

            tail.Add(next);
        }

        return tail.Count == 0 ? null : tail;
    }

    /// <summary>
    /// The element-wise nodes and quantizer behind a node that with it are a function of one 8-bit value, such as x·Sigmoid(x) in float, and
    /// their dequantizers; or null. Such a group is one table of 256 results.
    /// </summary>
    private List<Node>? FunctionTail(Node first)
    {
        var source = first.Inputs.OfType<Value>().Select(value => value.Producer).OfType<Node>().Select(producer => producer.Input(0)).FirstOrDefault();
        var members = new List<Node>();
        for (var next = first; source is not null && IsFunctionOf(next, source, members) && members.Count < LargestFunction;)
        {
            members.Add(next);
            var results = members.SelectMany(member => member.Outputs).OfType<Value>().ToList();
            var readers = results.SelectMany(value => value.Consumers).Distinct().Where(reader => !members.Contains(reader)).OrderBy(reader => _order.GetValueOrDefault(reader)).ToList();
            if (readers.Count == 0 || results.Exists(_outputs.Contains) || readers.Exists(reader => !ReferenceEquals(reader.Graph, _graph) || _anchorOf.ContainsKey(reader)))
            {
                return null;
            }

            if (readers is [{ OpType: "QuantizeLinear" } quantizer] && HasConstantParameters(quantizer))
            {
                var dequantizers = members.SelectMany(member => member.Inputs).OfType<Value>().Select(value => value.Producer).OfType<Node>().Where(producer => producer.Is("DequantizeLinear"));
                return [.. dequantizers.Distinct(), .. members.Skip(1), quantizer];
            }

            next = readers.Find(reader => IsFunctionOf(reader, source, members)) ?? readers[0];
        }

        return null;
    }

    /// <summary>True for an element-wise node that reads constants of one element, results of members, and dequantizers of the source.</summary>
    private bool IsFunctionOf(Node node, Value source, List<Node> members) =>
        node.Domain.Length == 0 && ElementwiseOperators.Contains(node.OpType) && node.Outputs.Count == 1
        && node.Inputs.All(value => value is null || value.Constant is { Shape.ElementCount: 1 }
            || (value.Producer is { } producer && (members.Contains(producer) || (IsOwnDequantizer(producer, node) && producer.Input(0) == source))));

    private Node? OnlyConsumer(Value value) =>
        value.Consumers.Count == 1 && !_outputs.Contains(value) && ReferenceEquals(value.Consumers[0].Graph, _graph)
        && !_anchorOf.ContainsKey(value.Consumers[0]) ? value.Consumers[0] : null;

    private bool IsOwnDequantizer(Node producer, Node consumer) =>
        producer.Is("DequantizeLinear") && !_anchorOf.ContainsKey(producer) && HasConstantParameters(producer)
        && producer.Output(0) is { } output && !_outputs.Contains(output)
        && output.Consumers.All(reader => ReferenceEquals(reader, consumer));

    private static bool ReadsOnly(Node node, List<Node> dequantizers) =>
        !NodeUses.Subgraphs(node).Any()
        && node.Inputs.OfType<Value>().All(value => value.Constant is not null || (value.Producer is { } producer && dequantizers.Contains(producer)));

    private GraphUnit Build(int index, Node anchor, ImmutableArray<Node> nodes)
    {
        var inside = nodes.ToHashSet();
        var inputs = nodes.SelectMany(NodeUses.RunTime).Distinct().Where(value => value.Producer is null || !inside.Contains(value.Producer));
        var outputs = nodes.SelectMany(node => node.Outputs).OfType<Value>().Where(value => IsReadOutside(value, inside));
        return new GraphUnit(index, nodes, anchor, [.. inputs], [.. outputs]);
    }

    private bool IsReadOutside(Value value, HashSet<Node> inside) =>
        _outputs.Contains(value)
        || value.Consumers.Any(consumer => GraphOrder.Holder(_graph, consumer) is { } outer && !inside.Contains(outer));

    private static bool HasConstantParameters(Node node) =>
        node.Input(1)?.Constant is not null && (node.Input(2) is null || node.Input(2)!.Constant is not null);

    private static bool IsQuantizer(Node node) => node.Is("QuantizeLinear") || node.Is("DequantizeLinear");

    private static bool IsActivation(Node node) =>
        node.Is("Relu") || (node.Is("Clip") && node.Inputs.Skip(1).All(value => value is null || value.Constant is not null));
}
