namespace EdgeAI.Quantization.Calibration;

/// <summary>The observer of each method.</summary>
internal static class ObserverFactory
{
    public static TensorObserver Create(QuantizationOptions options) => options.Method switch
    {
        CalibrationMethod.MinMax => new MinMaxObserver(),
        CalibrationMethod.MovingAverage => new MovingAverageObserver(options.AveragingConstant),
        _ => throw new QuantizationException($"Calibration method {options.Method} is not known."),
    };
}
