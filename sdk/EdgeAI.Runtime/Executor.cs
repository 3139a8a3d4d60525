using System.Collections.Concurrent;
using System.Collections.Immutable;
using EdgeAI.Hal;
using EdgeAI.Runtime.Execution;
using EdgeAI.Runtime.Telemetry;

namespace EdgeAI.Runtime;

/// <summary>
/// A plan with its executables loaded on their devices. Runs of it happen in <see cref="RunContext"/>s, which own the
/// buffers; contexts are pooled, so the steady state allocates nothing. Steps on different devices overlap where the plan lets
/// them and it is worth waking a thread; a plan that is a chain runs on its caller's thread alone. Thread-safe.
/// </summary>
public sealed class Executor : IDisposable
{
    /// <summary>What handing a step to another thread may cost on a small machine; plans that would win less run in sequence.</summary>
    private const double HandoffSeconds = 50e-6;

    private readonly ImmutableArray<Device> _devices;
    private readonly ImmutableArray<double> _predictedSeconds;
    private readonly List<LoadedExecutable> _loaded = [];
    private readonly Lazy<StepLabels> _labels;
    private readonly ConcurrentBag<RunContext> _idle = [];
    private volatile bool _disposed;

    /// <summary>Validates the plan and loads its executables.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="devices">Finds the devices that the plan names.</param>
    /// <param name="clock">Clock of the runs; a <see cref="VirtualClock"/> is moved forward by each step's simulated (else predicted) time.</param>
    /// <exception cref="ExecutableFormatException">The plan does not fit together, or a device refuses an executable.</exception>
    /// <exception cref="DeviceUnavailableException">A device that the plan names is not here.</exception>
    public Executor(Plan plan, DeviceCatalog devices, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(devices);
        plan.Validate();
        (Plan, Clock) = (plan, clock ?? TimeProvider.System);
        _devices = [.. plan.Devices.Select(device => devices[device.Id])];
        _predictedSeconds = [.. plan.Steps.Select(step => step.Predicted.Seconds)];
        _labels = new Lazy<StepLabels>(() => new StepLabels(plan));
        Graph = StepGraph.Of(plan);
        Dispatcher = new Dispatcher(Graph, plan.Model);
        Overlaps = !Graph.IsChain && (Clock is VirtualClock || WorthOverlapping());
        try
        {
            foreach (var executable in plan.Executables)
            {
                _loaded.Add(_devices[executable.Device].Load(executable.Executable));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What is run.</summary>
    public Plan Plan { get; }

    /// <summary>The clock of the runs.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The device where inputs and outputs lie.</summary>
    public Device Host => _devices[0];

    /// <summary>What the runs so far took, against what was predicted.</summary>
    public PlanStatistics Statistics => Tally.Read(Plan);

    internal StepGraph Graph { get; }

    /// <summary>True when the steps of one run overlap.</summary>
    internal bool Overlaps { get; }

    /// <summary>The threads for runs that overlap and for streams, in real time.</summary>
    internal Dispatcher Dispatcher { get; }

    /// <summary>So many frames in flight that the busiest lane always has one to work on.</summary>
    internal int SuitableFrames => PlanTimeline.Of(Graph, _predictedSeconds.AsSpan()).SuitableFrames;

    internal StatisticsTally Tally { get; } = new();

    internal StepLabels Labels => _labels.Value;

    /// <summary>True when somebody listens to steps.</summary>
    internal static bool IsObserved => RuntimeTelemetry.StepSeconds.Enabled || RuntimeTelemetry.StepRatio.Enabled;

    /// <summary>An idle context, or a new one. Give it back with <see cref="Return"/>.</summary>
    /// <exception cref="DeviceMemoryException">A device has no room for another set of buffers.</exception>
    public RunContext Rent()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _idle.TryTake(out var context) ? context : new RunContext(this);
    }

    /// <summary>Takes a context back for the next run.</summary>
    public void Return(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _idle.Add(context);
        if (_disposed)
        {
            Drain();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        Dispatcher.Dispose();
        Drain();
        foreach (var loaded in _loaded)
        {
            loaded.Dispose();
        }
    }

    internal Device Device(int index) => _devices[index];

    internal LoadedExecutable Loaded(int index) => _loaded[index];

    internal double PredictedSeconds(int step) => _predictedSeconds[step];

    private bool WorthOverlapping() =>
        Plan.PredictedSeconds - PlanTimeline.Makespan(Graph, _predictedSeconds.AsSpan()) > HandoffSeconds;

    private void Drain()
    {
        while (_idle.TryTake(out var context))
        {
            context.Dispose();
        }
    }
}
