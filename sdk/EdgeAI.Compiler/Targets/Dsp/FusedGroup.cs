using System.Collections.Immutable;
using EdgeAI.Graph;

namespace EdgeAI.Compiler.Targets.Dsp;

/// <summary>A chain of element-wise nodes of one shape that becomes one loop: each operand is loaded once, inner values stay in registers.</summary>
internal sealed class FusedGroup(SegmentLowering segment, ImmutableArray<long> extents)
{
    private const int NodeLimit = 14;
    private const int StreamLimit = 8;

    private readonly Dictionary<Value, Term> _terms = [];
    private readonly List<Node> _nodes = [];

    /// <summary>The loop in the making.</summary>
    public LoopBuilder Loop { get; } = new(extents);

    /// <summary>True when a node over these extents can join: it continues the chain and the registers suffice.</summary>
    public bool CanTake(Node node, ImmutableArray<long> over) =>
        _nodes.Count < NodeLimit && Loop.StreamCount + node.Inputs.Count <= StreamLimit
        && Loop.Extents.AsSpan().SequenceEqual(over.AsSpan())
        && node.Inputs.Any(input => input is not null && _terms.ContainsKey(input));

    /// <summary>True when a node of the segment reads the value, perhaps from a register.</summary>
    public bool IsReadInside(Value value) => value.Consumers.Any(segment.IsInside);

    /// <summary>Appends a node.</summary>
    public void Add(Node node, Func<FusedGroup, Node, Term> emit)
    {
        _nodes.Add(node);
        _terms.Add(node.Output(0)!, emit(this, node));
    }

    /// <summary>The elements of an input, broadcast to the group's shape.</summary>
    public Term Input(Node node, int index)
    {
        var value = node.Input(index)!;
        if (_terms.TryGetValue(value, out var term))
        {
            return term;
        }

        if (NodeChecks.Scalar(value) is { } number)
        {
            return number;
        }

        var view = segment.View(value);
        return Loop.Load(view.Memory, view.BroadcastStrides(Loop.Extents));
    }

    /// <summary>A constant of one element, or one element per slice of an axis.</summary>
    public Term Parameter(Value value, int axis)
    {
        if (NodeChecks.Scalar(value) is { } number)
        {
            return number;
        }

        var view = segment.View(value);
        return Loop.Load(view.Memory, [.. Enumerable.Range(0, Loop.Extents.Length).Select(i => i == axis ? 1L : 0L)]);
    }

    /// <summary>Ends the group: stores what others read.</summary>
    public void Finish()
    {
        StoreNeeded();
        segment.Emit(Loop.Build(_ => false), _nodes);
    }

    /// <summary>Ends the group with a reduction of one of its values (or of an operand) as the last node.</summary>
    public void FinishReduction(Node node, ImmutableArray<bool> isReduced, Func<LoopBuilder, Term, Term> reduce)
    {
        _nodes.Add(node);
        var source = Input(node, 0);
        StoreNeeded();
        var result = segment.Allocate(node.Output(0)!);
        Loop.Store(result.Memory, KeptStrides(isReduced), reduce(Loop, source));
        segment.Emit(Loop.Build(i => isReduced[i]), _nodes);
    }

    private ImmutableArray<long> KeptStrides(ImmutableArray<bool> isReduced)
    {
        var dense = TensorView.StridesOf([.. Loop.Extents.Select((extent, i) => isReduced[i] ? 1 : extent)]);
        return [.. dense.Select((stride, i) => isReduced[i] ? 0 : stride)];
    }

    private void StoreNeeded()
    {
        foreach (var (value, term) in _terms.ToList())
        {
            if (segment.IsOutput(value) || value.Consumers.Any(consumer => !_nodes.Contains(consumer)))
            {
                var view = segment.Allocate(value);
                Loop.Store(view.Memory, view.Strides, term);
            }
        }
    }
}
