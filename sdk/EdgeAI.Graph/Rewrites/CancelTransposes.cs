using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// Takes Transposes out that undo each other with nodes between them which do not care: a region of such nodes, all of whose
/// operands come out of a Transpose (or are constants) and all of whose results go into its inverse, is computed in the other
/// layout. Only nodes that give each element the same bits wherever it stands; the number of nodes never grows.
/// </summary>
internal sealed class CancelTransposes : GraphRewrite
{
    private const int MaximumNodes = 24;
    private const int MaximumReaders = 64;

    public override string Name => "cancel-transposes";

    protected internal override ImmutableArray<string> Operators => ["Transpose"];

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (!node.Is("Transpose") || Known.Permutation(node) is not { } axes || node.Inputs[0]!.Producer is not { } maker || maker.Is("Transpose"))
        {
            return null;
        }

        var region = new Region(model, node, axes);
        return region.Grow(maker) && region.IsClosed() ? region.ToPatch(Name) : null;
    }

    private sealed class Region(Model model, Node exit, int[] axes)
    {
        private readonly HashSet<Node> _nodes = new(ReferenceEqualityComparer.Instance);
        private readonly int[] _inverse = [.. Enumerable.Range(0, axes.Length).OrderBy(i => axes[i])];
        private int _entries;

        /// <summary>Takes a node in, and what its operands come from; false where something does not fit.</summary>
        public bool Grow(Node first)
        {
            var waiting = new Stack<Node>([first]);
            while (waiting.TryPop(out var node))
            {
                if (_nodes.Contains(node))
                {
                    continue;
                }

                if (_nodes.Count == MaximumNodes || !ReferenceEquals(node.Graph, exit.Graph) || !LayoutFree.Takes(model, node, axes.Length))
                {
                    return false;
                }

                _nodes.Add(node);
                foreach (var operand in LayoutFree.Operands(node).OfType<Value>().Where(operand => !IsFixed(operand)))
                {
                    if (IsEntry(operand))
                    {
                        _entries++;
                    }
                    else if (operand.Producer is { } maker)
                    {
                        waiting.Push(maker);
                    }
                    else
                    {
                        return false;
                    }
                }
            }

            return _entries > 0;
        }

        /// <summary>True when whatever the nodes make is read by themselves and by Transposes like the one at the end only, and by not so many that each of these would look at all of them.</summary>
        public bool IsClosed() => _nodes.SelectMany(node => node.Outputs).OfType<Value>().All(value =>
            value.Consumers.Count <= MaximumReaders && !exit.Graph.Outputs.Contains(value) && value.Consumers.All(reader => _nodes.Contains(reader) || IsExit(reader))
            && value.Consumers.Count(reader => !_nodes.Contains(reader) && exit.Graph.Outputs.Contains(reader.Outputs[0]!)) <= 1);

        public GraphPatch? ToPatch(string name)
        {
            var patch = new GraphPatch(name, exit.Graph);
            var moved = new Dictionary<Value, Value>(ReferenceEqualityComparer.Instance);
            foreach (var node in _nodes.OrderBy(node => node.Position))
            {
                var result = node.Outputs[0]!;
                moved[result] = patch.AddValue("", new TensorType(result.Element, new([.. axes.Select(axis => result.Shape[axis])])));
                var inputs = node.Inputs.Select((input, i) => i < LayoutFree.OperandCount(node) ? Moved(patch, moved, input) : LayoutFree.Parameter(patch, model, node, i, _inverse));
                patch.AddNode(node.OpType, inputs, [moved[result]], LayoutFree.Attributes(node, axes.Length, _inverse), node.Name);
                patch.Remove(node);
            }

            foreach (var transpose in _nodes.SelectMany(node => node.Outputs).SelectMany(value => value!.Consumers).Where(IsExit).Distinct().ToList())
            {
                patch.Replace(transpose.Outputs[0]!, moved[transpose.Inputs[0]!]);
                patch.Remove(transpose);
            }

            return patch;
        }

        private Value? Moved(GraphPatch patch, Dictionary<Value, Value> moved, Value? operand)
        {
            return operand is null ? null
                : moved.TryGetValue(operand, out var known) ? known
                : moved[operand] = IsEntry(operand) ? operand.Producer!.Inputs[0]!
                : operand.Constant!.Shape.Rank == 0 ? operand
                : patch.AddConstant("", ConstantLayout.Transpose(operand.Constant, axes));
        }

        private bool IsFixed(Value operand) =>
            Known.Constant(model, operand) is { } constant && constant.Type.BitCount() % 8 == 0 && constant.Shape.Rank <= axes.Length && constant.Data.Length <= ConstantLayout.MaximumBytes;

        /// <summary>A Transpose whose inverse the one at the end is.</summary>
        private bool IsEntry(Value operand) =>
            operand.Producer is { } producer && producer.Is("Transpose") && Known.Permutation(producer) is { } first && first.Length == axes.Length
            && axes.Select((axis, i) => first[axis] == i).All(isSame => isSame);

        private bool IsExit(Node reader) =>
            reader.Is("Transpose") && ReferenceEquals(reader.Graph, exit.Graph) && Known.Permutation(reader) is { } last && last.SequenceEqual(axes);
    }
}
