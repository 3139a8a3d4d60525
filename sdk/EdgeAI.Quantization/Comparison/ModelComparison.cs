using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization.Calibration;

namespace EdgeAI.Quantization.Comparison;

/// <summary>
/// Runs the float and the quantized model on the same samples and compares each quantized activation, and the outputs. Of the
/// quantized model the integers are exposed, so that its operators stay the fused ones.
/// </summary>
internal sealed class ModelComparison : IDisposable
{
    private readonly CalibratedModel _calibrated;
    private readonly QuantizationResult _result;
    private readonly ModelSessionFactory _sessions;
    private readonly List<(ModelSession Float, ModelSession Quantized, TensorMeter[] Meters)> _runs = [];
    private readonly OutputMeter[] _outputs;
    private int _samples;
    private int _incomparable;

    public ModelComparison(CalibratedModel calibrated, QuantizationResult result, ModelSessionFactory sessions)
    {
        (_calibrated, _result, _sessions) = (calibrated, result, sessions);
        _outputs = [.. calibrated.Model.Graph.Outputs.Select(output => new OutputMeter(result.Report.Tensors.FirstOrDefault(tensor => tensor.Name == output.Name)))];
    }

    /// <summary>Runs both models on one sample; they are loaded with the first, as often as their activations then need.</summary>
    public void Observe(IReadOnlyList<ConstantTensor> feeds, CancellationToken cancellationToken)
    {
        FeedCheck.Check(_calibrated.Model.Graph.Inputs, feeds, _samples++);
        if (_runs.Count == 0)
        {
            Load(SampleShapes.Of(_calibrated.Model, feeds));
        }

        var areEqual = true;
        for (var i = 0; i < _runs.Count; i++)
        {
            var (real, quantized, meters) = _runs[i];
            real.Run(feeds, cancellationToken);
            quantized.Run(feeds, cancellationToken);
            for (var tensor = 0; tensor < meters.Length; tensor++)
            {
                areEqual &= meters[tensor].TryAdd(Floats(real.Output(tensor)), quantized.Output(tensor));
            }

            if (i == 0)
            {
                areEqual &= CompareOutputs(real, quantized, meters.Length);
            }
        }

        _incomparable += areEqual ? 0 : 1;
    }

    /// <summary>The report with what was measured.</summary>
    public QuantizationReport Complete(QuantizationReport report)
    {
        var measured = _runs.SelectMany(run => run.Meters).Select(meter => meter.Complete())
            .Concat(_outputs.Select(output => output.Complete()).OfType<TensorReport>()).DistinctBy(tensor => tensor.Name).ToDictionary(tensor => tensor.Name);
        return report with
        {
            Tensors = [.. report.Tensors.Select(tensor => measured.GetValueOrDefault(tensor.Name, tensor))],
            OutputSqnr = [.. _outputs.Select(output => output.Noise.Sqnr)],
            MeasuredSamples = _samples,
            IncomparableSamples = _incomparable,
        };
    }

    public void Dispose()
    {
        foreach (var (real, quantized, _) in _runs)
        {
            real.Dispose();
            quantized.Dispose();
        }
    }

    private void Load(Func<string, Shape> shapeOf)
    {
        var graph = _calibrated.Model.Graph;
        var reports = _result.Report.Tensors
            .Where(tensor => !tensor.IsConstant && tensor.IntegerName is not null && graph.Values[tensor.Name] is { Producer: not null } value && !graph.Outputs.Contains(value))
            .ToDictionary(tensor => tensor.Name);
        var groups = ActivationGroups.Split(reports.Keys, _calibrated.Options.MaximumActivationBytes, shapeOf);
        foreach (var group in groups.Count == 0 ? [[]] : groups)
        {
            Load([.. group.Select(name => reports[name])]);
        }
    }

    private void Load(TensorReport[] tensors)
    {
        var real = _sessions(Exposure.Of(_calibrated.Model, tensors.Select(tensor => tensor.Name), keepsOutputs: true));
        try
        {
            var quantized = _sessions(Exposure.Of(_result.Model, tensors.Select(tensor => tensor.IntegerName!), keepsOutputs: true));
            _runs.Add((real, quantized, [.. tensors.Select(tensor => new TensorMeter(tensor))]));
        }
        catch
        {
            real.Dispose();
            throw;
        }
    }

    /// <returns>False where the sizes of some differ.</returns>
    private bool CompareOutputs(ModelSession real, ModelSession quantized, int first)
    {
        var areEqual = true;
        for (var i = 0; i < _outputs.Length; i++)
        {
            if (real.OutputSpec(first + i).Type == DataType.Float32)
            {
                areEqual &= _outputs[i].TryAdd(Floats(real.Output(first + i)), Floats(quantized.Output(first + i)));
            }
        }

        return areEqual;
    }

    private static ReadOnlySpan<float> Floats(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, float>(bytes);
}
