using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization.Calibration;

namespace EdgeAI.Quantization.Sensitivity;

/// <summary>Quantizes one layer at a time and compares the outputs with the float model's.</summary>
internal sealed class LayerRanking
{
    private readonly CalibratedModel _calibrated;
    private readonly ModelSessionFactory _sessions;
    private readonly IReadOnlyList<IReadOnlyList<ConstantTensor>> _samples;
    private readonly CancellationToken _cancellationToken;
    private readonly List<float[]> _expected;

    public LayerRanking(
        CalibratedModel calibrated, ModelSessionFactory sessions, IReadOnlyList<IReadOnlyList<ConstantTensor>> samples, CancellationToken cancellationToken)
    {
        (_calibrated, _sessions, _samples, _cancellationToken) = (calibrated, sessions, samples, cancellationToken);
        for (var i = 0; i < samples.Count; i++)
        {
            FeedCheck.Check(calibrated.Model.Graph.Inputs, samples[i], i);
        }

        _expected = Outputs(calibrated.Model);
    }

    public ImmutableArray<LayerSensitivity> Rank(IProgress<QuantizationProgress>? progress)
    {
        var layers = _calibrated.Layers();
        var ranked = new List<LayerSensitivity>();
        foreach (var layer in layers)
        {
            var options = _calibrated.Options with { Nodes = [.. layer.Nodes], ExcludedNodes = [] };
            ranked.Add(layer with { Sqnr = _calibrated.TryQuantize(options, out var result) ? Sqnr(result.Model) : double.PositiveInfinity });
            progress?.Report(new("rank", ranked.Count, layers.Count));
        }

        return [.. ranked.OrderBy(layer => layer.Sqnr)];
    }

    /// <summary>Signal against noise of all outputs together, in decibels; outputs that have another size do not count; NaN where none is left.</summary>
    public double Sqnr(Model model)
    {
        var (found, meter) = (Outputs(model), new NoiseMeter());
        for (var i = 0; i < _expected.Count; i++)
        {
            if (_expected[i].Length == found[i].Length)
            {
                meter.Add(_expected[i], found[i]);
            }
        }

        return meter.Sqnr;
    }

    /// <summary>The Float32 outputs of all samples.</summary>
    private List<float[]> Outputs(Model model)
    {
        using var session = _sessions(model);
        var outputs = new List<float[]>();
        foreach (var sample in _samples)
        {
            session.Run(sample, _cancellationToken);
            for (var i = 0; i < model.Graph.Outputs.Count; i++)
            {
                if (session.OutputSpec(i).Type == DataType.Float32)
                {
                    outputs.Add(MemoryMarshal.Cast<byte, float>(session.Output(i)).ToArray());
                }
            }
        }

        return outputs;
    }
}
