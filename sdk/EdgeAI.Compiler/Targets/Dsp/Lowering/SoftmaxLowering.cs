using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp.Lowering;

/// <summary>Softmax and its logarithm over an axis; before operator set 13 over all axes from one on.</summary>
internal sealed class SoftmaxLowering(bool isLogarithmic) : NodeLowering
{
    public override string? WhyNot(Node node) =>
        NodeChecks.WhyNotType(node, 0, DataType.Float32) 
        ?? (node.Input(0)!.Shape.Rank == 0 ? "its input is a scalar" : null)
        ?? (node.Attributes.Int("axis", -1) == node.Input(0)!.Shape.Rank ? "its axis is the rank" : null);

    public override void Lower(Node node, SegmentLowering segment)
    {
        var extents = NodeChecks.Extents(node.Input(0));
        var isOld = segment.Model?.Opset("") is > 0 and < 13;
        var axis = NodeChecks.Axis(node.Attributes.Int("axis", isOld ? 1 : -1), extents.Length);
        var end = isOld ? extents.Length : axis + 1;
        var source = segment.View(node.Input(0)!);
        segment.Emit(new SoftmaxAxis(
            NodeChecks.Product(extents, 0, axis), NodeChecks.Product(extents, axis, end), NodeChecks.Product(extents, end, extents.Length),
            isLogarithmic, source.Memory, segment.Allocate(node.Output(0)!).Memory));
    }
}
