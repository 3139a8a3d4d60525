using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization;

namespace EdgeAI.Cli;

/// <summary>Samples with their classes; they are read anew for each model, so that memory does not depend on their number.</summary>
internal sealed record LabelledSamples(SampleSource Source, LabelSource Labels);

/// <summary>Tells how many samples there are, where the quantizer cannot know that.</summary>
internal sealed class CountedProgress(IProgress<QuantizationProgress> progress, int total) : IProgress<QuantizationProgress>
{
    public void Report(QuantizationProgress value) => progress.Report(value with { Total = value.Total ?? total });
}

/// <summary>The steps of a quantization, each with progress and cancellation.</summary>
internal sealed class QuantizeWork(ModelQuantizer quantizer, IProgress<QuantizationProgress> progress, CancellationToken token)
{
    private int _scored;

    public CalibratedModel Calibrate(Model model, SampleSource source, QuantizationOptions options, bool seesAll) =>
        quantizer.Core.Calibrate(model, Constants(source), options, seesAll, new CountedProgress(progress, source.Count), token);

    public static IEnumerable<IReadOnlyList<ConstantTensor>> Constants(SampleSource source) =>
        source.Read().Select(sample => (IReadOnlyList<ConstantTensor>)[.. sample.Select(tensor => tensor.ToConstant())]);

    public ImmutableArray<LayerSensitivity> Rank(CalibratedModel calibrated, IReadOnlyList<IReadOnlyList<ConstantTensor>> samples) =>
        quantizer.Core.Rank(calibrated, samples, progress, token);

    public QuantizationReport Measure(CalibratedModel calibrated, QuantizationResult result, IReadOnlyList<IReadOnlyList<ConstantTensor>> samples) =>
        quantizer.Core.Measure(calibrated, result, samples, progress, token);

    /// <summary>To a ratio of the outputs in decibels.</summary>
    public QuantizationResult Mix(CalibratedModel calibrated, ImmutableArray<LayerSensitivity> layers, IReadOnlyList<IReadOnlyList<ConstantTensor>> samples, double decibels) =>
        Reached(quantizer.Core.Mix(calibrated, layers, samples, decibels, progress, token), $"{decibels:F1} dB", mixed => $"{mixed.Score:F1} dB");

    /// <summary>To a loss of top-1 accuracy, as a share.</summary>
    public QuantizationResult Mix(CalibratedModel calibrated, ImmutableArray<LayerSensitivity> layers, LabelledSamples labelled, double loss)
    {
        var target = Accuracy(calibrated.Model, labelled) - loss;
        return Reached(StaticQuantizer.Mix(calibrated, layers, model => Accuracy(model, labelled), target, null, token), $"{target:P2} top-1", mixed => $"{mixed.Score:P2} top-1");
    }

    private double Accuracy(Model model, LabelledSamples labelled)
    {
        using var session = quantizer.Load(model);
        var (accuracy, stage) = (new TopAccuracy(), $"score {++_scored}");
        foreach (var (i, sample) in Constants(labelled.Source).Index())
        {
            session.Run(sample, token);
            if (session.OutputSpec(0) is var spec && spec.Type != DataType.Float32)
            {
                throw new TensorMismatchException($"The first output is {spec}; accuracy needs Float32 scores.");
            }

            var scores = MemoryMarshal.Cast<byte, float>(session.Output(0));
            TopJudge.Check(labelled.Labels.Number(i), scores.Length, i);
            accuracy.Add(scores, labelled.Labels.Number(i));
            progress.Report(new(stage, accuracy.Count, labelled.Source.Count));
        }

        return accuracy.Count > 0 ? accuracy.Top1 : throw new TensorMismatchException("There are no samples whose accuracy could count.");
    }

    private static QuantizationResult Reached(MixedPrecision mixed, string target, Func<MixedPrecision, string> score)
    {
        if (!mixed.IsReached || mixed.FloatLayers.Length == mixed.LayerCount)
        {
            throw new QuantizationException($"No mix of float and quantized layers reaches {target}: the best has {score(mixed)} with {mixed}. Try --method percentile or mse, or a lower target.");
        }

        Console.Error.WriteLine($"{mixed}: {string.Join(", ", mixed.FloatLayers.Select(layer => layer.Nodes[0]))} ({score(mixed)}, wanted {target}, {mixed.Evaluations} models tried)");
        return mixed.Result;
    }
}
