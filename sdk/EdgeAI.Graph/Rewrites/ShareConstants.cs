using System.Runtime.InteropServices;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>Constants of one graph with the same type, shape and bytes become one. Large ones are compared only where their first bytes agree.</summary>
internal sealed class ShareConstants : GraphRewrite
{
    private const int HashedBytes = 64;

    public override string Name => "share-constants";

    protected internal override GraphPatch? Match(Model model, Node node) => null;

    internal override IEnumerable<GraphPatch> Collect(Model model)
    {
        foreach (var graph in ShapeInference.Graphs(model.Graph).ToList())
        {
            var patch = new GraphPatch(Name, graph);
            var table = new ContentTable();
            var isEmpty = true;
            foreach (var value in graph.Constants.Where(value => value.Consumers.Count > 0 && value.Constant!.Type.IsFixedSize() && !graph.Inputs.Contains(value) && !graph.Outputs.Contains(value)))
            {
                if (table.FirstLike(value) is { } first)
                {
                    patch.Replace(value, first);
                    isEmpty = false;
                }
            }

            if (!isEmpty)
            {
                yield return patch;
            }
        }
    }

    /// <summary>Constants by their first bytes; those that agree in these by all their bytes, each of which is hashed once.</summary>
    private sealed class ContentTable
    {
        private readonly Dictionary<ConstantTensor, (Value First, bool IsInWhole)> _heads = new(new ContentComparer(HashedBytes));
        private readonly Dictionary<ConstantTensor, Value> _whole = new(new ContentComparer(int.MaxValue));

        /// <summary>The value that came first with the same content; null where this one did.</summary>
        public Value? FirstLike(Value value)
        {
            var constant = value.Constant!;
            ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(_heads, constant, out var isKnown);
            if (!isKnown)
            {
                head = (value, false);
                return null;
            }

            if (constant.Data.Length <= HashedBytes)
            {
                return head.First;
            }

            if (!head.IsInWhole)
            {
                _whole.Add(head.First.Constant!, head.First);
                head.IsInWhole = true;
            }

            ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_whole, constant, out var isThere);
            first = isThere ? first : value;
            return isThere ? first : null;
        }
    }

    /// <summary>Constants by type, shape and so many of their first bytes.</summary>
    private sealed class ContentComparer(int bytes) : IEqualityComparer<ConstantTensor>
    {
        public bool Equals(ConstantTensor? x, ConstantTensor? y) => ReferenceEquals(x, y)
            || (x is not null && y is not null && x.Type == y.Type && x.Shape == y.Shape && HeadOf(x).SequenceEqual(HeadOf(y)));

        public int GetHashCode(ConstantTensor obj)
        {
            var hash = new HashCode();
            hash.Add(obj.Type);
            hash.Add(obj.Shape);
            hash.AddBytes(HeadOf(obj));
            return hash.ToHashCode();
        }

        private ReadOnlySpan<byte> HeadOf(ConstantTensor tensor) => tensor.Data.Span[..Math.Min(bytes, tensor.Data.Length)];
    }
}
