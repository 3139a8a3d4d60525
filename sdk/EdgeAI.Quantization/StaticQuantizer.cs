using EdgeAI.Graph;
using EdgeAI.Quantization.Calibration;
using EdgeAI.Quantization.Planning;
using EdgeAI.Quantization.Preparation;

namespace EdgeAI.Quantization;

/// <summary>
/// Quantizes float models after training: runs them on samples, finds the range of each activation, and puts QuantizeLinear and
/// DequantizeLinear around the operators, so that ONNX Runtime and NPUs compute them in 8-bit integers. With equal settings the
/// scales and zero points are those of ONNX Runtime's own static quantizer.
/// </summary>
/// <param name="sessions">Runs models; the facade supplies the CPU device.</param>
/// <param name="evaluator">Folds constants that need arithmetic; null: such nodes stay.</param>
public sealed class StaticQuantizer(ModelSessionFactory sessions, GraphEvaluator? evaluator = null)
{
    /// <summary>Calibrates and quantizes.</summary>
    /// <param name="model">The float model; it stays as it is.</param>
    /// <param name="samples">For each sample a tensor per graph input, in order. They are looked at one after the other, once.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="progress">Told after each sample.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="QuantizationException">No samples, samples that do not fit, or nothing that can be quantized.</exception>
    /// <exception cref="ModelFormatException">The model is not valid.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public QuantizationResult Quantize(
        Model model, IEnumerable<IReadOnlyList<ConstantTensor>> samples, QuantizationOptions? options = null,
        IProgress<QuantizationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Calibrate(model, samples, options, progress, cancellationToken).Quantize();

    /// <summary>The same with samples that come over time.</summary>
    /// <inheritdoc cref="Quantize"/>
    public async Task<QuantizationResult> QuantizeAsync(
        Model model, IAsyncEnumerable<IReadOnlyList<ConstantTensor>> samples, QuantizationOptions? options = null,
        IProgress<QuantizationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var calibration = Start(model, options);
        await foreach (var sample in samples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            calibration.Observation.Observe(sample, cancellationToken);
            progress?.Report(new("calibrate", calibration.Observation.Samples, null));
        }

        return calibration.End().Quantize();
    }

    /// <summary>Finds the ranges of activations.</summary>
    /// <inheritdoc cref="Quantize"/>
    public CalibratedModel Calibrate(
        Model model, IEnumerable<IReadOnlyList<ConstantTensor>> samples, QuantizationOptions? options = null,
        IProgress<QuantizationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        int? total = samples.TryGetNonEnumeratedCount(out var count) ? count : null;
        using var calibration = Start(model, options);
        foreach (var sample in samples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            calibration.Observation.Observe(sample, cancellationToken);
            progress?.Report(new("calibrate", calibration.Observation.Samples, total));
        }

        return calibration.End();
    }

    private CalibrationRun Start(Model model, QuantizationOptions? options)
    {
        var settings = options ?? QuantizationOptions.Default;
        settings.Validate();
        var prepared = ModelPreparation.Run(model, evaluator);
        var plan = PlanBuilder.Build(prepared.Graph, settings, new NodeSelection(settings));
        var observed = new ActivationRanges(prepared.Graph, plan, settings).Observed();
        return new(prepared, settings, new ActivationObservation(prepared, observed, settings, sessions));
    }
}
