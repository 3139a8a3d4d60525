using EdgeAI.Graph.Operators;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// Common subexpressions: of nodes of one graph with the same operator, attributes and operands the first stays and serves all.
/// Random numbers, subgraphs and functions are left alone; so is DequantizeLinear, of which each reader has its own in the end.
/// </summary>
internal sealed class ShareNodes : GraphRewrite
{
    private readonly Dictionary<Node, Node> _first = new(new NodeComparer());

    public override string Name => "share-nodes";

    protected internal override void Prepare(Model model) => _first.Clear();

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (!IsShareable(model, node))
        {
            return null;
        }

        if (!_first.TryGetValue(node, out var other) || other.Position < 0 || ReferenceEquals(other, node))
        {
            _first.Remove(node);
            _first[node] = node;
            return null;
        }

        var (kept, gone) = other.Position < node.Position ? (other, node) : (node, other);
        _first.Remove(node);
        _first[kept] = kept;
        return Replace(gone, kept);
    }

    private static bool IsShareable(Model model, Node node) =>
        node.Inputs.Count > 0 && !node.Is("DequantizeLinear") && !node.Is("Dropout")
        && OperatorRegistry.Find(model, node) is { IsDeterministic: true } && !ShapeInference.Subgraphs(node).Any();

    private GraphPatch? Replace(Node gone, Node kept)
    {
        var patch = new GraphPatch(Name, gone.Graph);
        for (var i = 0; i < gone.Outputs.Count; i++)
        {
            if (gone.Outputs[i] is { } old)
            {
                if (gone.Graph.Outputs.Contains(old))
                {
                    return null;
                }

                patch.Replace(old, kept.Outputs[i]!);
            }
        }

        patch.Remove(gone);
        return patch;
    }

    /// <summary>Nodes by what they compute. A node whose operands change is under an old hash in the table, and is compared again when it is found.</summary>
    private sealed class NodeComparer : IEqualityComparer<Node>
    {
        public static bool AreEqual(Node x, Node y) =>
            ReferenceEquals(x.Graph, y.Graph) && x.OpType == y.OpType && x.Domain == y.Domain && x.Outputs.Count == y.Outputs.Count
            && x.Inputs.SequenceEqual(y.Inputs) && x.Outputs.Zip(y.Outputs).All(pair => pair.First is null == pair.Second is null)
            && AttributeComparer.Instance.Equals(x.Attributes, y.Attributes);

        public bool Equals(Node? x, Node? y) => ReferenceEquals(x, y) || (x is not null && y is not null && AreEqual(x, y));

        public int GetHashCode(Node obj)
        {
            var hash = new HashCode();
            hash.Add(obj.Graph);
            hash.Add(obj.OpType, StringComparer.Ordinal);
            foreach (var input in obj.Inputs)
            {
                hash.Add(input);
            }

            hash.Add(obj.Attributes, AttributeComparer.Instance);
            return hash.ToHashCode();
        }
    }
}
