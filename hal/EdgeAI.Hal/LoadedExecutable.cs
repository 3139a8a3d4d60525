namespace EdgeAI.Hal;

/// <summary>An executable on its device, ready for any number of prepared runs, also at the same time.</summary>
public abstract class LoadedExecutable : IDisposable
{
    /// <summary>The device that it is loaded on.</summary>
    public abstract Device Device { get; }

    /// <summary>What must be bound.</summary>
    public abstract ExecutableSignature Signature { get; }

    /// <summary>
    /// Binds buffers once so that each run afterwards allocates nothing. Views follow the signature's order. An output bound
    /// to <c>default</c> is allocated by the device during the run, where the device can do that.
    /// </summary>
    /// <exception cref="TensorMismatchException">A view's size or count does not fit, or the device cannot bind its buffer.</exception>
    public abstract DeviceRun Prepare(ReadOnlySpan<BufferView> inputs, ReadOnlySpan<BufferView> outputs);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what is held; called once or more.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>
/// An executable with its buffers bound. Runs one at a time: <see cref="Submit"/>, then <see cref="Wait"/>.
/// Steady state allocates nothing on the managed heap.
/// </summary>
public abstract class DeviceRun : IDisposable
{
    /// <summary>Starts the run; may return before it has ended.</summary>
    /// <exception cref="InvalidOperationException">The last submission has not been waited for.</exception>
    /// <exception cref="DeviceLostException">The device is gone.</exception>
    public abstract void Submit();

    /// <summary>Returns when the submitted run has ended.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; outputs are undefined, the device can be used again.</exception>
    /// <exception cref="DeviceFaultException">The device reported an error.</exception>
    /// <exception cref="DeviceLostException">The device does not answer.</exception>
    public abstract RunStatistics Wait(CancellationToken cancellationToken = default);

    /// <summary><see cref="Submit"/> and <see cref="Wait"/>.</summary>
    public RunStatistics Execute(CancellationToken cancellationToken = default)
    {
        Submit();
        return Wait(cancellationToken);
    }

    /// <summary>Type and true shape of an output after a run; before one, as the signature says.</summary>
    public abstract TensorSpec OutputSpec(int index);

    /// <summary>Where an output lies after a run: the bound view, or what the device allocated (valid until the next run or dispose).</summary>
    public abstract BufferView Output(int index);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what is held; called once or more.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>What a device knows of a run that has ended. Simulated time and wall time are never mixed.</summary>
/// <param name="Cycles">Cycles of the device's own clock; 0 where it has no counter.</param>
/// <param name="SimulatedSeconds">Time on the simulated device's clock; NaN on real ones.</param>
/// <param name="EnergyJoules">Energy by the device's model or meter; NaN where unknown.</param>
public readonly record struct RunStatistics(long Cycles, double SimulatedSeconds, double EnergyJoules)
{
    /// <summary>Statistics of a device that counts nothing.</summary>
    public static RunStatistics None => new(0, double.NaN, double.NaN);
}
