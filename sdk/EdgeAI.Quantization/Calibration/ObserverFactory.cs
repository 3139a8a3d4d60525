using EdgeAI.Graph;

namespace EdgeAI.Quantization.Calibration;

/// <summary>The observer of each method.</summary>
internal static class ObserverFactory
{
    private const int Bins = 2048;
    private const int EntropyBins = 128;
    private const int MaximumBins = 1 << 16;

    /// <summary>The search for least entropy takes the square of the bins.</summary>
    private const int MaximumEntropyBins = 1 << 13;

    public static TensorObserver Create(QuantizationOptions options, Value value) => options.Method switch
    {
        CalibrationMethod.MinMax => new MinMaxObserver(),
        CalibrationMethod.MovingAverage => new MovingAverageObserver(options.AveragingConstant),
        CalibrationMethod.Percentile => OfHistogram(options, Bins, MaximumBins, options.SymmetricRanges ?? true
            ? histogram => PercentileRange.FindSymmetric(histogram, options.Percentile) : histogram => PercentileRange.Find(histogram, options.Percentile)),
        CalibrationMethod.Entropy => OfHistogram(options, EntropyBins, MaximumEntropyBins, EntropyRange.Find),
        CalibrationMethod.LeastError => OfHistogram(options, Bins, MaximumBins, LeastError(options, value).Find),
        _ => throw new QuantizationException($"Calibration method {options.Method} is not known."),
    };

    private static HistogramObserver OfHistogram(QuantizationOptions options, int bins, int maximumBins, Func<Histogram, TensorRange> find) =>
        new(new Histogram(options.HistogramBins ?? bins, Math.Max(maximumBins, options.HistogramBins ?? 0)), find);

    private static LeastErrorRange LeastError(QuantizationOptions options, Value value)
    {
        var own = options.Overrides.GetValueOrDefault(value.Name);
        return new(own?.Type ?? options.ActivationType, own?.IsSymmetric ?? options.SymmetricActivations, options.MinimumRange);
    }
}
