using System.Collections.Immutable;
using System.Diagnostics;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Costs;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;

namespace EdgeAI;

/// <summary>How far a calibration has come.</summary>
/// <param name="Model">File that is being measured.</param>
/// <param name="Done">Operators that are measured or known already, of all models so far.</param>
/// <param name="Total">Operators of all models.</param>
public readonly record struct CalibrationProgress(string Model, int Done, int Total);

/// <summary>
/// Measures what operators cost on this machine's CPU: each unit of placement in a session of its own, in samples of several runs, less
/// the time of starting a session's run. ONNX Runtime's profiler counts whole microseconds, which is more than most operators of small models take.
/// </summary>
public sealed class CostCalibrator
{
    private const double SampleSeconds = 50e-6;
    private const double UnitSeconds = 0.1;
    private const int MostRunsPerSample = 1000;

    private readonly CpuDevice _cpu;
    private readonly LoadOptions _options;

    /// <summary>A calibrator for the CPU of a runtime.</summary>
    public CostCalibrator(EdgeRuntime runtime, LoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        (Runtime, _cpu, _options) = (runtime, runtime.Cpu, options ?? LoadOptions.Default);
    }

    /// <summary>Samples per operator, at most; long ones get fewer, at least 5. At least 5.</summary>
    public int Samples { get; init => field = value >= 5 ? value : throw new ArgumentOutOfRangeException(nameof(Samples), value, "At least 5 samples are taken."); } = 41;

    /// <summary>Told of a model that cannot be measured, which is then left out; without it, that is an error.</summary>
    public Action<string, EdgeException>? OnSkipped { get; init; }

    private EdgeRuntime Runtime { get; }

    /// <summary>Measures the operators of these models that <paramref name="known"/> does not have.</summary>
    /// <param name="models">ONNX files.</param>
    /// <param name="known">Costs of this machine from before; null for none.</param>
    /// <param name="progress">Told after each operator, measured or not.</param>
    /// <param name="cancellationToken">Stops between samples.</param>
    /// <returns>The known costs with the new ones.</returns>
    /// <exception cref="ModelFormatException">A file is no valid model.</exception>
    /// <exception cref="ExecutableFormatException">The known costs are of another machine.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public MeasuredCosts Measure(IReadOnlyList<string> models, MeasuredCosts? known = null, IProgress<CalibrationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(models);
        known?.CheckMachine(Runtime);
        var work = models.SelectMany(model => Prepare(model, cancellationToken)).ToList();
        var total = work.SelectMany(item => item.Probes).DistinctBy(probe => probe.Signature).Count();
        var launch = known?.LaunchSeconds ?? MeasureLaunch(cancellationToken);
        var costs = (known?.Operators ?? ImmutableSortedDictionary.Create<string, MeasuredCost>(StringComparer.Ordinal)).ToBuilder();
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (model, state, probes) in work)
        {
            foreach (var probe in probes.Where(probe => done.Add(probe.Signature)))
            {
                if (!costs.ContainsKey(probe.Signature) && TryTimes(probe, state, cancellationToken) is { } times)
                {
                    costs[probe.Signature] = Cost(probe.Kind, times, launch);
                }

                progress?.Report(new CalibrationProgress(model, done.Count, total));
            }
        }

        return MeasuredCosts.Empty(CostMachine.Of(Runtime), launch) with { Operators = costs.ToImmutable() };
    }

    /// <summary>One, or none where the model is left out.</summary>
    private ImmutableArray<(string Model, Compilation State, ImmutableArray<UnitProbe> Probes)> Prepare(string path, CancellationToken cancellationToken)
    {
        try
        {
            var state = Group(path, cancellationToken);
            return [(path, state, UnitProbe.Of(state))];
        }
        catch (EdgeException error) when (OnSkipped is not null)
        {
            OnSkipped(path, error);
            return [];
        }
    }

    private Compilation Group(string path, CancellationToken cancellationToken)
    {
        var model = OnnxReader.Read(path, _options.Reading);
        foreach (var input in model.Graph.Inputs.Where(input => input.Constant is not null).ToList())
        {
            model.Graph.RemoveInput(input);
        }

        try
        {
            ShapeInference.BindInputShapes(model, model.Graph.Inputs.Where(input => input.Type is TensorType or null).ToDictionary(input => input.Name, input => InputShapes.Assume(input.Name, input.Shape, _options.Dimensions)));
            var compiler = new ModelCompiler(Runtime.CompilerOptions(_options) with { Accelerators = [], CpuCosts = null, OnStage = null, StopAfter = "group" });
            return compiler.Compile(model, Path.GetFileNameWithoutExtension(path), cancellationToken);
        }
        catch (ModelFormatException error)
        {
            throw error.In(path);
        }
    }

    private double MeasureLaunch(CancellationToken cancellationToken)
    {
        var graph = new ModelGraph("nothing");
        var input = graph.AddValue("x", new TensorType(DataType.Float32, new Shape(1)));
        graph.AddInput(input);
        var output = graph.AddValue("y", input.Type);
        graph.AddNode("Identity", [input], [output]);
        graph.AddOutput(output);
        var model = new Model(graph) { IrVersion = 8 };
        model.OpsetImports[""] = 17;
        var signature = new ExecutableSignature([new("x", DataType.Float32, new Shape(1))], [new("y", DataType.Float32, new Shape(1))]);
        return Median(Times(new Executable(CpuDevice.Format, signature, OnnxWriter.ToBytes(model), [], []), cancellationToken));
    }

    /// <summary>Null where ONNX Runtime does not run the unit by itself or on made-up inputs: then it stays unmeasured, and plans say so.</summary>
    private double[]? TryTimes(UnitProbe probe, Compilation state, CancellationToken cancellationToken)
    {
        try
        {
            return Times(probe.Compile(state), cancellationToken);
        }
        catch (Exception error) when (error is ExecutableFormatException or DeviceFaultException or TensorMismatchException)
        {
            return null;
        }
    }

    /// <summary>Seconds per run, one per sample, ascending.</summary>
    private double[] Times(Executable executable, CancellationToken cancellationToken)
    {
        using var loaded = _cpu.Load(executable);
        var inputs = executable.Signature.Inputs.Select(spec => ProbeData.Fill(_cpu.Allocate(Math.Max(1, spec.ByteCount)), spec)).ToList();
        var outputs = executable.Signature.Outputs.Select(spec => _cpu.Allocate(Math.Max(1, spec.ByteCount))).ToList();
        try
        {
            using var run = loaded.Prepare(
                [.. inputs.Zip(executable.Signature.Inputs, (buffer, spec) => new BufferView(buffer, 0, spec.ByteCount))],
                [.. outputs.Zip(executable.Signature.Outputs, (buffer, spec) => new BufferView(buffer, 0, spec.ByteCount))]);
            return Times(run, cancellationToken);
        }
        finally
        {
            inputs.Concat(outputs).ToList().ForEach(buffer => buffer.Dispose());
        }
    }

    private double[] Times(CpuRun run, CancellationToken cancellationToken)
    {
        const int Least = 5;
        Time(run, 1);
        var once = Math.Max(Time(run, 2), 1e-9);
        var runs = (int)Math.Clamp(SampleSeconds / once, 1, MostRunsPerSample);
        var samples = (int)Math.Clamp(UnitSeconds / (once * runs), Least, Samples);
        var times = new double[samples];
        for (var i = 0; i < samples; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            times[i] = Time(run, runs);
        }

        Array.Sort(times);
        return times;
    }

    private static double Time(CpuRun run, int runs)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < runs; i++)
        {
            run.Execute();
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds / runs;
    }

    private static MeasuredCost Cost(string kind, double[] times, double launch)
    {
        const double High = 0.95;
        var (median, high) = (Median(times), times[Math.Min(times.Length - 1, (int)Math.Ceiling(times.Length * High) - 1)]);
        return new MeasuredCost(kind, Math.Max(0, median - launch), Math.Max(0, high - launch), times.Length);
    }

    private static double Median(double[] sorted) => sorted[sorted.Length / 2];
}
