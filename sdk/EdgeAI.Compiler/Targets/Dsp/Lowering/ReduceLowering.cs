using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp.Lowering;

/// <summary>Reductions over constant axes; the element-wise chain before them runs in the same loop.</summary>
internal sealed class ReduceLowering(
    VectorOpcode opcode, bool isMean = false, bool isGlobalPool = false,
    Func<LoopBuilder, Term, Term>? before = null, Func<LoopBuilder, Term, Term>? after = null) : NodeLowering
{
    public override string? WhyNot(Node node) =>
        NodeChecks.WhyNotType(node, 0, DataType.Float32) ?? (isGlobalPool ? null : NodeChecks.WhyNotConstant(node, 1));

    public override void Lower(Node node, SegmentLowering segment)
    {
        var extents = NodeChecks.Extents(node.Input(0));
        var isReduced = Reduced(node, extents.Length);
        var group = segment.GroupFor(node, extents);
        segment.Close();
        var count = extents.Where((_, i) => isReduced[i]).Aggregate(1L, (product, extent) => product * extent);
        group.FinishReduction(node, isReduced, (loop, x) =>
        {
            var sum = loop.Accumulate(opcode, before?.Invoke(loop, x) ?? x);
            var mean = isMean ? loop.Binary(VectorOpcode.Divide, sum, count) : sum;
            return after?.Invoke(loop, mean) ?? mean;
        });
    }

    private ImmutableArray<bool> Reduced(Node node, int rank)
    {
        if (isGlobalPool)
        {
            return [.. Enumerable.Range(0, rank).Select(i => i >= 2)];
        }

        var axes = NodeChecks.Integers(node, 1, "axes");
        return axes.IsDefaultOrEmpty
            ? [.. Enumerable.Repeat(node.Attributes.Int("noop_with_empty_axes", 0) == 0, rank)]
            : [.. Enumerable.Range(0, rank).Select(i => axes.Any(axis => NodeChecks.Axis(axis, rank) == i))];
    }
}
