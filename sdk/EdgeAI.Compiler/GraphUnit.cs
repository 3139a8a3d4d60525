using System.Collections.Immutable;
using EdgeAI.Graph;

namespace EdgeAI.Compiler;

/// <summary>
/// What is placed as one: a node with the DequantizeLinear nodes before it and the activation and QuantizeLinear after it,
/// or a single node. Between units lie only values that may cross devices.
/// </summary>
/// <param name="Index">Place in the topological order of units.</param>
/// <param name="Nodes">Its nodes in topological order.</param>
/// <param name="Anchor">The node that gives it its name and meaning: the Conv of DQ-Conv-Relu-Q.</param>
/// <param name="Inputs">Run-time values that it reads from outside, each once, in order of first use; no constants.</param>
/// <param name="Outputs">Values that it makes and others (or the graph's outputs) read.</param>
public sealed record GraphUnit(
    int Index, ImmutableArray<Node> Nodes, Node Anchor, ImmutableArray<Value> Inputs, ImmutableArray<Value> Outputs)
{
    /// <summary>Name for plans and reports: the anchor's.</summary>
    public string Name => Anchor.Name;

    /// <summary>True when it is a DQ-op-Q group: 8-bit values in, 8-bit values out, integer arithmetic inside.</summary>
    public bool IsQuantized => Nodes.Length > 1 && Nodes[^1].OpType == "QuantizeLinear";

    /// <inheritdoc/>
    public override string ToString() => $"#{Index} {Anchor}";
}

/// <summary>A run of units for one device: what a target compiles.</summary>
/// <param name="Index">Place in the plan.</param>
/// <param name="Model">The whole model: operator set versions, metadata.</param>
/// <param name="Units">Its units in topological order.</param>
/// <param name="Inputs">Run-time values that it reads from outside; they become the executable's inputs, in this order.</param>
/// <param name="Outputs">Values that it makes and that are read outside; the executable's outputs, in this order.</param>
public sealed record GraphSegment(
    int Index, Model Model, ImmutableArray<GraphUnit> Units, ImmutableArray<Value> Inputs, ImmutableArray<Value> Outputs)
{
    /// <summary>All nodes, in topological order.</summary>
    public IEnumerable<Node> Nodes => Units.SelectMany(unit => unit.Nodes);
}
