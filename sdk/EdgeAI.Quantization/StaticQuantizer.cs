using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Quantization.Calibration;
using EdgeAI.Quantization.Comparison;
using EdgeAI.Quantization.Planning;
using EdgeAI.Quantization.Preparation;
using EdgeAI.Quantization.Sensitivity;

namespace EdgeAI.Quantization;

/// <summary>
/// Quantizes float models after training: runs them on samples, finds the range of each activation, and puts QuantizeLinear and
/// DequantizeLinear around the operators, so that ONNX Runtime and NPUs compute them in 8-bit integers. With equal settings the
/// scales and zero points are those of ONNX Runtime's own static quantizer.
/// </summary>
/// <param name="sessions">Runs the float model for calibration; the facade supplies the CPU device.</param>
/// <param name="evaluator">Folds constants that need arithmetic; null: such nodes stay.</param>
/// <param name="comparisons">Runs float and quantized models to compare them; null: as for calibration.</param>
public sealed class StaticQuantizer(ModelSessionFactory sessions, GraphEvaluator? evaluator = null, ModelSessionFactory? comparisons = null)
{
    private readonly ModelSessionFactory _comparisons = comparisons ?? sessions;


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
        Calibrate(model, samples, options, false, progress, cancellationToken).Quantize();

    /// <summary>The same with samples that come over time.</summary>
    /// <inheritdoc cref="Quantize"/>
    public async Task<QuantizationResult> QuantizeAsync(
        Model model, IAsyncEnumerable<IReadOnlyList<ConstantTensor>> samples, QuantizationOptions? options = null,
        IProgress<QuantizationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var calibration = Start(model, options, false);
        await foreach (var sample in samples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            calibration.Observation.Observe(sample, cancellationToken);
            progress?.Report(new("calibrate", calibration.Observation.Samples, null));
        }

        return calibration.End().Quantize();
    }

    /// <summary>Finds the ranges of activations.</summary>
    /// <param name="model">The float model; it stays as it is.</param>
    /// <param name="samples">For each sample a tensor per graph input, in order.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="seesAll">True: activations that need no range of their own now are seen too, so that any nodes can be left float later (slower).</param>
    /// <param name="progress">Told after each sample.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <inheritdoc cref="Quantize"/>
    public CalibratedModel Calibrate(
        Model model, IEnumerable<IReadOnlyList<ConstantTensor>> samples, QuantizationOptions? options = null, bool seesAll = false,
        IProgress<QuantizationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        int? total = samples.TryGetNonEnumeratedCount(out var count) ? count : null;
        using var calibration = Start(model, options, seesAll);
        foreach (var sample in samples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            calibration.Observation.Observe(sample, cancellationToken);
            progress?.Report(new("calibrate", calibration.Observation.Samples, total));
        }

        return calibration.End();
    }

    /// <summary>Compares the quantized model with the float one on samples: the report with signal-to-noise ratios and histograms.</summary>
    /// <exception cref="QuantizationException">A sample does not fit.</exception>
    public QuantizationReport Measure(
        CalibratedModel calibrated, QuantizationResult result, IEnumerable<IReadOnlyList<ConstantTensor>> samples,
        IProgress<QuantizationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        int? total = samples.TryGetNonEnumeratedCount(out var count) ? count : null;
        using var comparison = new ModelComparison(calibrated, result, _comparisons);
        var done = 0;
        foreach (var sample in samples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            comparison.Observe(sample, cancellationToken);
            progress?.Report(new("measure", ++done, total));
        }

        return comparison.Complete(result.Report);
    }

    /// <summary>Quantizes each layer alone and tells what that does to the outputs: the most sensitive layer first.</summary>
    /// <param name="calibrated">A model whose activations were all seen.</param>
    /// <param name="samples">A few samples, some 8 to 32; each is run once per layer.</param>
    /// <param name="progress">Told after each layer.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public ImmutableArray<LayerSensitivity> Rank(
        CalibratedModel calibrated, IReadOnlyList<IReadOnlyList<ConstantTensor>> samples,
        IProgress<QuantizationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        new LayerRanking(calibrated, _comparisons, samples, cancellationToken).Rank(progress);

    /// <summary>Leaves as few layers float as a signal-to-noise ratio of the outputs needs, in decibels.</summary>
    /// <param name="calibrated">A model whose activations were all seen.</param>
    /// <param name="ranking">Its layers, ranked.</param>
    /// <param name="samples">Samples to compare on.</param>
    /// <param name="target">The ratio that is enough.</param>
    /// <param name="progress">Told after each model that was compared.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public MixedPrecision Mix(
        CalibratedModel calibrated, ImmutableArray<LayerSensitivity> ranking, IReadOnlyList<IReadOnlyList<ConstantTensor>> samples, double target,
        IProgress<QuantizationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Mix(calibrated, ranking, new LayerRanking(calibrated, _comparisons, samples, cancellationToken).Sqnr, target, progress, cancellationToken);

    /// <summary>Leaves as few layers float as a score needs, the most sensitive first.</summary>
    /// <param name="calibrated">A model whose activations were all seen.</param>
    /// <param name="ranking">Its layers, ranked.</param>
    /// <param name="score">What a model is worth, for example its accuracy: the higher, the better.</param>
    /// <param name="target">The score that is enough.</param>
    /// <param name="progress">Told after each model that was scored.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static MixedPrecision Mix(
        CalibratedModel calibrated, ImmutableArray<LayerSensitivity> ranking, Func<Model, double> score, double target,
        IProgress<QuantizationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        new PrecisionSearch(calibrated, ranking, score, target, progress).Run(cancellationToken);

    private CalibrationRun Start(Model model, QuantizationOptions? options, bool seesAll)
    {
        var settings = options ?? QuantizationOptions.Default;
        settings.Validate();
        var prepared = ModelPreparation.Run(model, settings, evaluator);
        var plan = PlanBuilder.Build(prepared.Graph, settings, new NodeSelection(settings));
        var observed = seesAll ? plan.Activations() : new ActivationRanges(prepared.Graph, plan, settings).Observed();
        var means = settings.CorrectBiases ? plan.Biases.Select(bias => bias.Input).Where(input => input.Constant is null).Distinct() : [];
        return new(prepared, settings, new ActivationObservation(prepared, observed, means, settings, sessions));
    }
}
