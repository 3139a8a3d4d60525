using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeAI.Hal;
using EdgeAI.Quantization;
using EdgeAI.Quantization.Reporting;

namespace EdgeAI.Cli;

/// <summary>Models on devices, run in lockstep on the same samples.</summary>
internal sealed class EvaluationTable : IDisposable
{
    private readonly List<Row> _rows = [];
    private int _samples;

    public EvaluationTable(EdgeRuntime runtime, IReadOnlyList<string> paths)
    {
        try
        {
            foreach (var path in paths)
            {
                Load(runtime, path);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Inputs of the first model; the others have the same.</summary>
    public ImmutableArray<TensorSpec> Inputs => _rows[0].Model.Inputs;

    public void Run(SampleSource source, Judge? judge, IProgress<QuantizationProgress> progress, CancellationToken token)
    {
        _rows.ForEach(row => row.Judge = judge?.Twin());
        foreach (var sample in source.Read())
        {
            var reference = (ModelResult?)null;
            foreach (var row in _rows)
            {
                var result = row.Run(sample, _samples, reference, token);
                reference ??= result;
            }

            progress.Report(new("evaluate", ++_samples, source.Count));
        }

        if (_samples == 0)
        {
            throw new TensorMismatchException("There are no samples to evaluate on.");
        }
    }

    public string ToText()
    {
        var text = new StringBuilder();
        var columns = _rows[0].Judge?.Columns ?? [];
        var width = Math.Max(5, _rows.Max(row => row.Name.Length));
        text.AppendLine(CultureInfo.InvariantCulture, $"{"model".PadRight(width)}  {"devices",-12}{string.Concat(columns.Select(column => $"{column,11}"))}{"SQNR dB",11}{"ms/run",10}{"simulated",11}");
        foreach (var row in _rows)
        {
            var figures = string.Concat((row.Judge?.Figures ?? []).Select(figure => figure.ToString("F2", CultureInfo.InvariantCulture).PadLeft(11)));
            text.AppendLine(CultureInfo.InvariantCulture, $"{row.Name.PadRight(width)}  {row.Devices,-12}{figures}{Decibels.Text(row.Noise.Sqnr, "equal"),11}{row.Milliseconds / _samples,10:F3}{Simulated(row),11}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"{_samples} samples; SQNR: outputs against those of {_rows[0].Name} on the cpu");
        return text.ToString();
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteNumber("samples", _samples);
        json.WriteStartArray("rows");
        foreach (var row in _rows)
        {
            json.WriteStartObject();
            json.WriteString("model", row.Name);
            json.WriteString("devices", row.Devices);
            foreach (var (column, figure) in (row.Judge?.Columns ?? []).Zip(row.Judge?.Figures ?? []))
            {
                json.WriteNumberOrNull(column.TrimEnd(' ', '%'), figure);
            }

            json.WritePropertyName("sqnr");
            Decibels.Write(json, row.Noise.Sqnr);
            json.WriteNumberOrNull("millisecondsPerRun", row.Milliseconds / _samples);
            json.WriteNumberOrNull("simulatedMillisecondsPerRun", row.SimulatedMilliseconds / _samples);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public void Dispose() => _rows.ForEach(row => row.Model.Dispose());

    private void Load(EdgeRuntime runtime, string path)
    {
        Add(path, "cpu", runtime.Load(path, LoadOptions.Default with { Devices = [] }));
        var placed = runtime.Load(path);
        var devices = placed.Plan.Devices.Select(device => device.Id).Where(id => placed.Plan.StepCount(id) > 0).Order(StringComparer.Ordinal).ToList();
        if (devices.Contains("npu"))
        {
            Add(path, string.Join('+', devices), placed);
        }
        else
        {
            placed.Dispose();
        }
    }

    private void Add(string path, string devices, EdgeModel model) => _rows.Add(new Row(Path.GetFileName(path), devices, model));

    private string Simulated(Row row) => row.SimulatedMilliseconds > 0 ? (row.SimulatedMilliseconds / _samples).ToString("F3", CultureInfo.InvariantCulture) : "-";

    private sealed class Row(string name, string devices, EdgeModel model)
    {
        public string Name => name;

        public string Devices => devices;

        public EdgeModel Model => model;

        public Judge? Judge { get; set; }

        public NoiseMeter Noise { get; } = new();

        public double Milliseconds { get; private set; }

        public double SimulatedMilliseconds { get; private set; }

        public ModelResult Run(IReadOnlyList<EdgeTensor> sample, int index, ModelResult? reference, CancellationToken token)
        {
            var started = Stopwatch.GetTimestamp();
            var result = model.Run(sample, token);
            Milliseconds += Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            SimulatedMilliseconds += 1000 * result.Trace.Where(step => step.SimulatedSeconds > 0).Sum(step => step.SimulatedSeconds);
            Judge?.Add(result, index);
            Compare(reference ?? result, result);
            return result;
        }

        private void Compare(ModelResult reference, ModelResult result)
        {
            for (var i = 0; i < Math.Min(reference.Count, result.Count); i++)
            {
                if (reference[i].Type == DataType.Float32 && result[i].Type == DataType.Float32 && reference[i].Shape == result[i].Shape)
                {
                    Noise.Add(reference[i].AsSpan<float>(), result[i].AsSpan<float>());
                }
            }
        }
    }
}
