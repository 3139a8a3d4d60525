using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Quantization;

namespace EdgeAI.Cli;

/// <summary>Samples with their classes.</summary>
internal sealed record LabelledSamples(IReadOnlyList<IReadOnlyList<ConstantTensor>> Samples, LabelSource Labels);

/// <summary>The steps of a quantization, each with progress and cancellation.</summary>
internal sealed class QuantizeWork(ModelQuantizer quantizer, IProgress<QuantizationProgress> progress, CancellationToken token)
{
    public CalibratedModel Calibrate(Model model, IEnumerable<IReadOnlyList<ConstantTensor>> samples, QuantizationOptions options, bool seesAll) =>
        quantizer.Core.Calibrate(model, samples, options, seesAll, progress, token);

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
        return Reached(StaticQuantizer.Mix(calibrated, layers, model => Accuracy(model, labelled), target, progress, token), $"{target:P2} top-1", mixed => $"{mixed.Score:P2} top-1");
    }

    private double Accuracy(Model model, LabelledSamples labelled)
    {
        using var session = quantizer.Load(model);
        var accuracy = new TopAccuracy();
        for (var i = 0; i < labelled.Samples.Count; i++)
        {
            session.Run(labelled.Samples[i], token);
            accuracy.Add(MemoryMarshal.Cast<byte, float>(session.Output(0)), labelled.Labels.Number(i));
        }

        return accuracy.Top1;
    }

    private static QuantizationResult Reached(MixedPrecision mixed, string target, Func<MixedPrecision, string> score)
    {
        if (!mixed.IsReached)
        {
            throw new QuantizationException($"No mix of float and quantized layers reaches {target}: the best has {score(mixed)} with {mixed}. Try --method percentile or mse, or a lower target.");
        }

        Console.Error.WriteLine($"{mixed}: {string.Join(", ", mixed.FloatLayers.Select(layer => layer.Nodes[0]))} ({score(mixed)}, wanted {target}, {mixed.Evaluations} models tried)");
        return mixed.Result;
    }
}
