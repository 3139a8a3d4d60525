using EdgeAI.Graph;

namespace EdgeAI.Quantization.Calibration;

/// <summary>A calibration that goes on: samples are observed until it ends.</summary>
internal sealed class CalibrationRun(Model model, QuantizationOptions options, ActivationObservation observation) : IDisposable
{
    public ActivationObservation Observation => observation;

    /// <summary>What was seen.</summary>
    /// <exception cref="QuantizationException">There was no sample.</exception>
    public CalibratedModel End()
    {
        if (observation.Samples == 0)
        {
            throw new QuantizationException("There is no calibration data: 0 samples were given; expected at least 1, better 100 that look like those of later use.");
        }

        var (ranges, unusable) = (new Dictionary<string, TensorRange>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        var means = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (var (name, activation) in observation.Activations)
        {
            if (activation.Means?.Means is { } seen)
            {
                means[name] = seen;
            }

            if (activation.Range?.NonFiniteSamples > 0)
            {
                unusable[name] = $"'{name}' held NaN or infinity in {activation.Range.NonFiniteSamples} of {observation.Samples} samples";
            }
            else if (activation.Range?.Range is { } range)
            {
                ranges[name] = options.SymmetricRanges == true ? range.Symmetric() : range;
            }
        }

        return new(model, options, observation.Samples, new(ranges, unusable, means));
    }

    public void Dispose() => observation.Dispose();
}
