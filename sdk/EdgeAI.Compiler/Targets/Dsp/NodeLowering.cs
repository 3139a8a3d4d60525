using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Dsp;

/// <summary>How one operator becomes instructions.</summary>
internal abstract class NodeLowering
{
    /// <summary>True when the operator only gives the same bytes another shape.</summary>
    public virtual bool IsFree => false;

    /// <summary>Why this node cannot be lowered, or null: element types, parameters, attributes. Its shapes are static.</summary>
    public abstract string? WhyNot(Node node);

    /// <summary>Emits the node.</summary>
    public abstract void Lower(Node node, SegmentLowering segment);
}

/// <summary>An operator on elements, which can be fused with its neighbours.</summary>
/// <param name="emit">The operations of an element.</param>
/// <param name="inputs">Element types that its inputs may have.</param>
/// <param name="outputs">Element types that its output may have.</param>
/// <param name="whyNot">Further conditions.</param>
internal sealed class ElementwiseLowering(
    Func<FusedGroup, Node, Term> emit, DataType[]? inputs = null, DataType[]? outputs = null, Func<Node, string?>? whyNot = null) : NodeLowering
{
    private static readonly DataType[] Float = [DataType.Float32];

    public override string? WhyNot(Node node) =>
        NodeChecks.WhyNotOneOutput(node) ?? NodeChecks.WhyNotTypes(node.Inputs, inputs ?? Float) ?? NodeChecks.WhyNotTypes(node.Outputs.Take(1), outputs ?? Float) ?? whyNot?.Invoke(node);

    public override void Lower(Node node, SegmentLowering segment) => segment.GroupFor(node).Add(node, emit);
}
