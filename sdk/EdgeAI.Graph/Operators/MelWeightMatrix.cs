using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Weights from Fourier bins to mel bands.</summary>
internal static class MelWeightMatrix
{
    public static OperatorSchema Schema { get; } = new("MelWeightMatrix", 17)
    {
        Inputs = "num_mel_bins:T1 dft_length:T1 sample_rate:T1 lower_edge_hertz:T2 upper_edge_hertz:T2",
        Outputs = "output:T3",
        Types = "T1=index T2=float T3=numeric",
        Attributes = "output_datatype:int=1",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var bands = context.IntegersOf(0) is { Items: [var count] } ? count.ToDimension() : Dimension.Unknown;
        var bins = context.NumbersOf(1) is [var length] ? length / 2 + 1 : Dimension.Unknown;
        context.Set(0, Generation.TypeOf(context, "output_datatype"), new([bins, bands]));
    }
}
