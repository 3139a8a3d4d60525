using EdgeAI.Graph.Inference;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// Brings rewrites to their fixpoint: a worklist of nodes, each offered to every rewrite that looks at its operator; what a patch
/// touches is inferred and verified again and comes back into the list.
/// </summary>
internal sealed class RewriteRun
{
    private const int PatchesPerNode = 64;

    /// <summary>From how many operands on a node is inferred again when its turn comes, not after each patch to one of them.</summary>
    private const int ManyOperands = 32;

    private readonly Model _model;
    private readonly IReadOnlyList<GraphRewrite> _rewrites;
    private readonly bool _verifiesEachPatch;
    private readonly InferenceEngine? _engine;
    private readonly Dictionary<string, int[]> _rewritesOf = new(StringComparer.Ordinal);
    private readonly Queue<Node> _waiting = [];
    private readonly HashSet<Node> _isWaiting = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Node> _isStale = new(ReferenceEqualityComparer.Instance);
    private readonly int[] _counts;
    private long _patchesLeft;

    /// <param name="model">The model.</param>
    /// <param name="rewrites">What to apply, in order of preference.</param>
    /// <param name="verifiesEachPatch">Verifies the whole model after each patch.</param>
    public RewriteRun(Model model, IReadOnlyList<GraphRewrite> rewrites, bool verifiesEachPatch = false)
    {
        (_model, _rewrites, _verifiesEachPatch, _counts) = (model, rewrites, verifiesEachPatch, new int[rewrites.Count]);
        if (rewrites.Any(rewrite => rewrite.NeedsInference))
        {
            _engine = ShapeInference.InferWith(model);
        }
    }

    /// <summary>Applies the rewrites.</summary>
    /// <returns>Number of patches by rewrite.</returns>
    public int[] Run()
    {
        foreach (var rewrite in _rewrites)
        {
            rewrite.Prepare(_model);
            if (_engine is not null)
            {
                rewrite.Prepare(_engine);
            }
        }

        foreach (var node in ShapeInference.Graphs(_model.Graph).SelectMany(graph => graph.Nodes))
        {
            Enqueue(node);
        }

        _patchesLeft = (_waiting.Count + 1L) * PatchesPerNode;
        do
        {
            Drain();
        }
        while (ApplyCollected());
        return _counts;
    }

    private void Enqueue(Node node)
    {
        if ((_engine is null || _engine.HasReached(node.Graph)) && _isWaiting.Add(node))
        {
            _waiting.Enqueue(node);
        }
    }

    private void Drain()
    {
        while (_waiting.TryDequeue(out var node))
        {
            _isWaiting.Remove(node);
            if (_isStale.Remove(node) && node.Position >= 0)
            {
                Refresh(node);
            }

            foreach (var index in RewritesOf(node.OpType))
            {
                if (node.Position >= 0 && _rewrites[index].Match(_model, node) is { } patch)
                {
                    Apply(patch, index);
                    Enqueue(node);
                }
            }
        }
    }

    private bool ApplyCollected()
    {
        for (var index = 0; index < _rewrites.Count; index++)
        {
            foreach (var patch in _rewrites[index].Collect(_model))
            {
                Apply(patch, index);
            }
        }

        return _waiting.Count > 0;
    }

    private int[] RewritesOf(string opType)
    {
        if (!_rewritesOf.TryGetValue(opType, out var indices))
        {
            _rewritesOf[opType] = indices =
                [.. Enumerable.Range(0, _rewrites.Count).Where(index => _rewrites[index].Operators is var names && (names.IsEmpty || names.Contains(opType)))];
        }

        return indices;
    }

    private void Apply(GraphPatch patch, int index)
    {
        patch.Apply();
        _counts[index]++;
        if (--_patchesLeft < 0)
        {
            throw new InvalidOperationException($"Rewrite '{_rewrites[index].Name}' does not come to an end: it still finds something after {PatchesPerNode} patches per node.");
        }

        foreach (var node in patch.Added.OrderBy(node => node.Position))
        {
            GraphVerifier.VerifyAttributes(_model, node);
            Refresh(node);
        }

        foreach (var node in patch.Touched())
        {
            RefreshInTurn(node);
            Enqueue(node);
        }

        if (_verifiesEachPatch)
        {
            GraphVerifier.Verify(_model);
            GraphVerifier.VerifyTypes(_model);
        }
    }

    private void RefreshInTurn(Node node)
    {
        if (node.Inputs.Count < ManyOperands)
        {
            Refresh(node);
        }
        else
        {
            _isStale.Add(node);
        }
    }

    /// <summary>Infers a node again, and what follows from its results where these have changed.</summary>
    private void Refresh(Node node)
    {
        if (_engine is null || !_engine.Refresh(node))
        {
            return;
        }

        var changed = new Queue<Node>([node]);
        while (changed.TryDequeue(out var source))
        {
            foreach (var reader in Followers(source).Where(_engine.Refresh))
            {
                changed.Enqueue(reader);
                Enqueue(reader);
            }

            Enqueue(source);
        }
    }

    /// <summary>Nodes whose inference looks at a node's results: readers, and the holder of a graph whose output it makes.</summary>
    private static IEnumerable<Node> Followers(Node node)
    {
        var readers = node.Outputs.OfType<Value>().SelectMany(output => output.Consumers).Distinct();
        return node.Graph.Parent is not null && node.Outputs.OfType<Value>().Any(node.Graph.Outputs.Contains) && node.Graph.Holder is { } holder
            ? readers.Append(holder)
            : readers;
    }
}
