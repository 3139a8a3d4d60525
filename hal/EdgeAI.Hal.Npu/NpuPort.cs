namespace EdgeAI.Hal.Npu;

/// <summary>Memory that host and NPU both see. The host reads and writes it at <see cref="HostAddress"/>.</summary>
public abstract class NpuMapping : IDisposable
{
    /// <summary>Address for the host, 64-byte aligned.</summary>
    public abstract nint HostAddress { get; }

    /// <summary>Address for the NPU's base registers.</summary>
    public abstract ulong DeviceAddress { get; }

    /// <summary>Length in bytes.</summary>
    public abstract long ByteCount { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Unmaps; called once or more.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>
/// The way to an NPU: its registers, its memory, its interrupt. Silicon, the simulator and fault-injecting wrappers implement it;
/// the driver (<see cref="NpuDevice"/>) knows nothing else. Map and the mappings' Dispose may be called from any thread, the rest by one at a time.
/// </summary>
public abstract class NpuPort : IDisposable
{
    /// <summary>What is behind the port.</summary>
    public abstract NpuConfiguration Configuration { get; }

    /// <summary>True when software stands in for the hardware.</summary>
    public abstract bool IsSimulated { get; }

    /// <summary>Zeroed memory that host and NPU share.</summary>
    /// <exception cref="DeviceMemoryException">There is no room.</exception>
    public abstract NpuMapping Map(long byteCount);

    /// <summary>Reads a 64-bit register; one that is not there reads as 0, a device that is gone as all ones.</summary>
    public abstract ulong Read(NpuRegister register);

    /// <summary>Writes a 64-bit register; writes to what is not there or not writable have no effect.</summary>
    public abstract void Write(NpuRegister register, ulong value);

    /// <summary>Sleeps until the interrupt line is up or the device's clock has moved on by <paramref name="cycles"/>; says whether the line is up.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public abstract bool WaitForInterrupt(long cycles, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the device; called once or more.</summary>
    protected abstract void Dispose(bool disposing);
}
