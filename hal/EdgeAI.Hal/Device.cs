namespace EdgeAI.Hal;

/// <summary>What sort of processor a device is.</summary>
public enum DeviceKind
{
    /// <summary>General-purpose processor.</summary>
    Cpu,
    /// <summary>Neural processor: integer matrix units.</summary>
    Npu,
    /// <summary>Signal processor: vector units.</summary>
    Dsp,
    /// <summary>Graphics processor.</summary>
    Gpu,
    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>Who a device is.</summary>
/// <param name="Id">Short and unique in a runtime: "cpu", "npu", "dsp".</param>
/// <param name="Kind">Sort of processor.</param>
/// <param name="Description">For people: product, configuration, version of its library.</param>
/// <param name="IsSimulated">True when software stands in for the hardware; always said to the user.</param>
/// <param name="Formats">Executable formats that it loads.</param>
public sealed record DeviceInfo(string Id, DeviceKind Kind, string Description, bool IsSimulated, IReadOnlyList<string> Formats);

/// <summary>
/// A processor that holds buffers and runs executables. It knows bytes and never sees a graph.
/// All members may be called from several threads. Disposing a device disposes what was made from it; using that
/// afterwards throws <see cref="ObjectDisposedException"/>.
/// </summary>
public abstract class Device : IDisposable
{
    /// <summary>Who it is.</summary>
    public abstract DeviceInfo Info { get; }

    /// <summary>
    /// What an executable must have been made for to run here: parameters of the machine, version of its library. Parts are separated
    /// by ", ", so that two of them can be compared part by part.
    /// </summary>
    public virtual string Compatibility => Info.Description;

    /// <summary>A zeroed buffer in the device's memory, aligned to at least 64 bytes.</summary>
    /// <exception cref="DeviceMemoryException">There is no room.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="byteCount"/> is negative.</exception>
    public abstract DeviceBuffer Allocate(long byteCount);

    /// <summary>Checks an executable and makes it ready to run.</summary>
    /// <exception cref="ExecutableFormatException">Wrong format, or bytes that are not what they claim to be.</exception>
    /// <exception cref="DeviceMemoryException">There is no room.</exception>
    public abstract LoadedExecutable Load(Executable executable);

    /// <summary>True when <see cref="LoadedExecutable.Prepare"/> takes this buffer as it is (zero copy). By default only its own.</summary>
    public virtual bool CanBind(DeviceBuffer buffer) => ReferenceEquals(buffer.Device, this);

    /// <summary>Several lines for people: configuration, limits, library versions.</summary>
    public virtual string Describe() => $"{Info.Id} ({Info.Kind}{(Info.IsSimulated ? ", simulated" : "")}): {Info.Description}";

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the device holds; called once or more.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>Memory of a device. Reads and writes are checked against its length.</summary>
public abstract class DeviceBuffer : IDisposable
{
    /// <summary>The device that owns the memory.</summary>
    public abstract Device Device { get; }

    /// <summary>Length in bytes.</summary>
    public abstract long ByteCount { get; }

    /// <summary>Address where the host may read and write the buffer directly, or 0 when it cannot.</summary>
    public virtual nint HostAddress => 0;

    /// <summary>Copies from the host into the buffer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range passes the buffer's end.</exception>
    public abstract void Write(long offset, ReadOnlySpan<byte> source);

    /// <summary>Copies from the buffer to the host.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range passes the buffer's end.</exception>
    public abstract void Read(long offset, Span<byte> destination);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the memory; called once or more.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>A range of a buffer: what a tensor is bound to. <c>default</c> (no buffer) as an output asks the device to allocate it.</summary>
public readonly record struct BufferView
{
    /// <summary>A checked range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range passes the buffer's end.</exception>
    public BufferView(DeviceBuffer buffer, long offset, long byteCount)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        if (offset < 0 || byteCount < 0 || offset > buffer.ByteCount - byteCount)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"Range {offset}+{byteCount} passes the end of a buffer of {buffer.ByteCount} bytes.");
        }

        (Buffer, Offset, ByteCount) = (buffer, offset, byteCount);
    }

    /// <summary>The whole of a buffer.</summary>
    public BufferView(DeviceBuffer buffer)
        : this(buffer, 0, buffer?.ByteCount ?? 0)
    {
    }

    /// <summary>The buffer; null in <c>default</c>.</summary>
    public DeviceBuffer? Buffer { get; }

    /// <summary>First byte.</summary>
    public long Offset { get; }

    /// <summary>Length in bytes.</summary>
    public long ByteCount { get; }

    /// <summary>Host address of the first byte, or 0.</summary>
    public nint HostAddress => Buffer is { HostAddress: not 0 } buffer ? buffer.HostAddress + (nint)Offset : 0;
}
