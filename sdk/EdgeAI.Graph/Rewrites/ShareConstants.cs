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
            var first = new Dictionary<ConstantTensor, Value>(new ContentComparer());
            var isEmpty = true;
            foreach (var value in graph.Constants.Where(value => value.Consumers.Count > 0 && value.Constant!.Type.IsFixedSize() && !graph.Inputs.Contains(value) && !graph.Outputs.Contains(value)))
            {
                if (!first.TryAdd(value.Constant!, value))
                {
                    patch.Replace(value, first[value.Constant!]);
                    isEmpty = false;
                }
            }

            if (!isEmpty)
            {
                yield return patch;
            }
        }
    }

    private sealed class ContentComparer : IEqualityComparer<ConstantTensor>
    {
        public bool Equals(ConstantTensor? x, ConstantTensor? y) => ReferenceEquals(x, y) || (x is not null && y is not null && Known.AreEqual(x, y));

        public int GetHashCode(ConstantTensor obj)
        {
            var hash = new HashCode();
            hash.Add(obj.Type);
            hash.Add(obj.Data.Length);
            hash.AddBytes(obj.Data.Span[..Math.Min(HashedBytes, obj.Data.Length)]);
            return hash.ToHashCode();
        }
    }
}
