using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>Nodes that read nothing but constants and each other's results, over all graphs of a model; computed by one small model.</summary>
internal sealed class ConstantRegion(Model model, InferenceEngine engine)
{
    private readonly List<(Node Node, InferenceContext Context)> _nodes = [];
    private readonly HashSet<Node> _members = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, Value> _copies = new(ReferenceEqualityComparer.Instance);
    private readonly List<Value> _operands = [];
    private readonly ModelGraph _graph = new("constants");

    /// <summary>True when every operand is a constant of numbers or made by a node of the region.</summary>
    public bool Takes(Node node) =>
        node.Inputs.Any(input => input is not null)
        && node.Inputs.All(input => input is null || IsMember(input.Producer) || engine.ConstantOf(input)?.Type.IsFixedSize() == true);

    /// <summary>Bytes that the operands hold.</summary>
    public long ByteCountOfOperands(Node node) => node.Inputs.Sum(input =>
        input is null ? 0
        : engine.ConstantOf(input) is { } constant ? constant.Data.Length
        : engine.TypeOf(input) is TensorType { Shape.IsStatic: true } type ? type.Element.ByteCount(type.Shape.ElementCount) : 0);

    public void Add(Node node, InferenceContext context)
    {
        _members.Add(node);
        _nodes.Add((node, context));
    }

    /// <summary>One patch per graph, inner graphs first: what is read outside of the region becomes a constant, the nodes go.</summary>
    public IEnumerable<GraphPatch> Evaluate(GraphEvaluator evaluator, string name)
    {
        if (_nodes.Count == 0)
        {
            return [];
        }

        _nodes.ForEach(Copy);
        var results = _nodes.SelectMany(item => item.Node.Outputs).OfType<Value>().Where(IsReadOutside).ToList();
        results.ForEach(value => _graph.AddOutput(_copies[value]));
        var constants = results.Count == 0 ? [] : results.Zip(evaluator(Wrap(), [.. _operands.Select(operand => engine.ConstantOf(operand)!)])).ToList();
        return constants.Exists(pair => pair.Second is null) ? [] : Patches(constants, name);
    }

    private bool IsMember(Node? node) => node is not null && _members.Contains(node);

    private bool IsReadOutside(Value value) => value.Consumers.Any(reader => !_members.Contains(reader));

    private void Copy((Node Node, InferenceContext Context) item)
    {
        var (node, context) = item;
        var inputs = node.Inputs.Select(input => input is null ? null : CopyOf(input)).ToList();
        var outputs = node.Outputs.Select((output, i) => output is null ? null : _copies[output] = _graph.AddValue($"out{_copies.Count}", context.ResultType(i))).ToList();
        _graph.AddNode(node.OpType, inputs, outputs, node.Attributes, node.Name, node.Domain);
    }

    private Value CopyOf(Value operand)
    {
        if (!_copies.TryGetValue(operand, out var copy))
        {
            var constant = engine.ConstantOf(operand)!;
            _copies[operand] = copy = _graph.AddValue($"in{_copies.Count}", new TensorType(constant.Type, constant.Shape));
            _graph.AddInput(copy);
            _operands.Add(operand);
        }

        return copy;
    }

    private Model Wrap()
    {
        var small = new Model(_graph) { IrVersion = Math.Max(model.IrVersion, 4) };
        foreach (var (domain, version) in model.OpsetImports)
        {
            small.OpsetImports[domain] = version;
        }

        return small;
    }

    private List<GraphPatch> Patches(List<(Value Old, ConstantTensor? New)> constants, string name)
    {
        var patches = new List<GraphPatch>();
        var constantsOf = constants.ToLookup(pair => pair.Old.Producer!.Graph);
        foreach (var group in _nodes.GroupBy(item => item.Node.Graph).Reverse())
        {
            var patch = new GraphPatch(name, group.Key);
            foreach (var (old, tensor) in constantsOf[group.Key])
            {
                patch.Replace(old, patch.AddConstant("", tensor!));
            }

            foreach (var (node, _) in group)
            {
                patch.Remove(node);
            }

            patches.Add(patch);
        }

        return patches;
    }
}
