namespace EdgeAI.Quantization.Calibration;

/// <summary>What calibration found out, by tensor name.</summary>
/// <param name="Ranges">Ranges of activations.</param>
/// <param name="Unusable">Why other activations have none.</param>
/// <param name="Means">Means of channels, where they were asked for.</param>
internal sealed record CalibrationData(
    IReadOnlyDictionary<string, TensorRange> Ranges, IReadOnlyDictionary<string, string> Unusable, IReadOnlyDictionary<string, float[]> Means);
