namespace EdgeAI.Hal.Dsp;

/// <summary>How a job on the unit ended.</summary>
public enum DspStatus
{
    /// <summary>All instructions have been executed.</summary>
    Done,
    /// <summary>The host asked for an early end.</summary>
    Cancelled,
    /// <summary>The unit stopped at an instruction with an error.</summary>
    Fault,
    /// <summary>The cycle limit passed and the job has not ended.</summary>
    TimedOut,
    /// <summary>The unit does not answer.</summary>
    Lost,
}

/// <summary>The end of a job.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Cycles">Cycles that the unit counted for the job.</param>
/// <param name="Instruction">Index of the instruction reached, for errors.</param>
public readonly record struct DspCompletion(DspStatus Status, long Cycles, int Instruction);

/// <summary>
/// The way to a vector processor: silicon, the simulator, and a wrapper that injects faults all fit behind it.
/// The device verifies every program before it hands it over, and serializes <see cref="Start"/>/<see cref="Wait"/> pairs;
/// the memory members may be called from several threads.
/// </summary>
public abstract class DspPort : IDisposable
{
    /// <summary>Parameters of the unit.</summary>
    public abstract DspConfiguration Configuration { get; }

    /// <summary>For people: what is behind the port.</summary>
    public abstract string Description { get; }

    /// <summary>True when software stands in for the hardware.</summary>
    public abstract bool IsSimulated { get; }

    /// <summary>Maps zeroed memory that host and unit share, aligned to 64 bytes; returns its host address.</summary>
    /// <exception cref="DeviceMemoryException">There is no room.</exception>
    public abstract nint Map(long byteCount);

    /// <summary>Gives mapped memory back; an address that is not mapped is ignored.</summary>
    public abstract void Unmap(nint address);

    /// <summary>Hands a verified image over; returns the handle to start it by.</summary>
    public abstract int Install(ReadOnlyMemory<byte> image);

    /// <summary>Forgets an image.</summary>
    public abstract void Remove(int program);

    /// <summary>Rings the doorbell. <paramref name="regions"/> holds an address per region, except that of the unit's own TCM.</summary>
    public abstract void Start(int program, ReadOnlySpan<nint> regions);

    /// <summary>Waits for the end of the started job, at most until its cycle counter passes the limit.</summary>
    public abstract DspCompletion Wait(long cycleLimit, CancellationToken cancellationToken);

    /// <summary>Stops whatever runs and clears errors; false when the unit does not come back. Mapped memory and installed images stay.</summary>
    public abstract bool Reset();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases memory and images; called once or more.</summary>
    protected abstract void Dispose(bool disposing);
}
