using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp.Lowering;

/// <summary>Short-time Fourier transforms of real signals [batch, samples] or [batch, samples, 1].</summary>
internal sealed class StftLowering : NodeLowering
{
    public override string? WhyNot(Node node)
    {
        var signal = node.Input(0)!.Shape;
        return NodeChecks.WhyNotType(node, 0, DataType.Float32) ?? NodeChecks.WhyNotType(node, 2, DataType.Float32) ?? NodeChecks.WhyNotConstant(node, 1, 3)
            ?? (signal.Rank == 2 || (signal.Rank == 3 && signal[2].Value == 1) ? null : $"the signal is {signal}; expected a real [batch, samples, 1]")
            ?? (node.Input(2) is null && node.Input(3) is null ? "neither window nor frame length is given" : null)
            ?? WhyNotLength(node);
    }

    public override void Lower(Node node, SegmentLowering segment)
    {
        var (signal, output) = (segment.View(node.Input(0)!), segment.Allocate(node.Output(0)!));
        segment.Emit(new FourierFrames(
            signal.Extents[0], output.Extents[1], node.Input(1)!.Constant!.ToInt64()[0], Length(node), IsOneSided(node),
            signal.Memory, signal.Extents[1], node.Input(2) is { } window ? segment.View(window).Memory : null, output.Memory));
    }

    private static string? WhyNotLength(Node node)
    {
        var length = Length(node);
        var (window, output) = (node.Input(2)?.Shape, node.Output(0)!.Shape);
        return length is < 1 or > InstructionTiming.FourierLengthLimit ? $"the frame length is {length}; expected 1 to {InstructionTiming.FourierLengthLimit}"
            : window is { } shape && shape.ElementCount != length ? $"the window has {shape.ElementCount} elements and a frame {length}"
            : output.Rank != 4 || output[2].Value != (IsOneSided(node) ? (length / 2) + 1 : length) ? $"the output is {output}, which does not fit frames of {length}"
            : null;
    }

    private static long Length(Node node) => node.Input(3)?.Constant?.ToInt64()[0] ?? node.Input(2)!.Shape.ElementCount;

    private static bool IsOneSided(Node node) => node.Attributes.Int("onesided", 1) != 0;
}
