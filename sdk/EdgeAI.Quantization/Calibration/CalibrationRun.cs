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
        foreach (var (name, observer) in observation.Observers)
        {
            if (observer.NonFiniteSamples > 0)
            {
                unusable[name] = $"'{name}' held NaN or infinity in {observer.NonFiniteSamples} of {observation.Samples} samples";
            }
            else if (observer.Range is { } range)
            {
                ranges[name] = options.SymmetricRanges == true ? range.Symmetric() : range;
            }
        }

        return new(model, options, observation.Samples, ranges, unusable);
    }

    public void Dispose() => observation.Dispose();
}
