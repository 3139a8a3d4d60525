using System.Collections.Concurrent;
using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Runtime;

/// <summary>
/// A plan with its executables loaded on their devices. Runs of it happen in <see cref="RunContext"/>s, which own the
/// buffers; contexts are pooled, so the steady state allocates nothing. Thread-safe.
/// </summary>
public sealed class Executor : IDisposable
{
    private readonly ImmutableArray<Device> _devices;
    private readonly List<LoadedExecutable> _loaded = [];
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
        Drain();
        foreach (var loaded in _loaded)
        {
            loaded.Dispose();
        }
    }

    internal Device Device(int index) => _devices[index];

    internal LoadedExecutable Loaded(int index) => _loaded[index];

    private void Drain()
    {
        while (_idle.TryTake(out var context))
        {
            context.Dispose();
        }
    }
}
