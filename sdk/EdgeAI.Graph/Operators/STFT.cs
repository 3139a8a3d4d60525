using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Fourier transforms of overlapping frames: batch, frames, bins, real and imaginary part.</summary>
internal static class STFT
{
    public static OperatorSchema Schema { get; } = new("STFT", 17)
    {
        Inputs = "signal:T1 frame_step:T2 window?:T1 frame_length?:T2",
        Outputs = "output:T1",
        Types = "T1=float T2=index",
        Attributes = "onesided:int=1",
        Infer = Run,
        Needs = (_, _) => [new(2) { Filled = _ => [0] }],
    };

    private static void Run(InferenceContext context)
    {
        var signal = context.ShapeOf(0);
        var step = Number(context, 1);
        var length = Number(context, 3);
        if (!length.IsKnown && context.ShapeOf(2) is { HasRank: true, Rank: 1 } window)
        {
            length = window[0];
        }

        var samples = signal is { HasRank: true, Rank: > 1 } ? signal[1] : Dimension.Unknown;
        var frames = samples.IsKnown && step is { IsKnown: true, Value: > 0 } && length.IsKnown && samples.Value >= length.Value
            ? (samples.Value - length.Value) / step.Value + 1
            : Dimension.Unknown;
        var bins = context.Int("onesided") == 0 ? length : length.IsKnown ? length.Value / 2 + 1 : Dimension.Unknown;
        context.Set(0, new([signal.HasRank ? signal[0] : Dimension.Unknown, frames, bins, 2]));
    }

    private static Dimension Number(InferenceContext context, int input) =>
        context.IntegersOf(input) is { Items: [var item] } ? item.ToDimension() : Dimension.Unknown;
}
