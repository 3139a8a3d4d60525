using System.Runtime.InteropServices;

namespace EdgeAI.Hal;

/// <summary>A buffer in the host's native memory: zeroed, 64-byte aligned, never moved by the garbage collector.</summary>
public sealed unsafe class HostBuffer : DeviceBuffer
{
    /// <summary>Alignment of the first byte.</summary>
    public const int Alignment = 64;

    private readonly Device _device;
    private void* _memory;

    /// <summary>Allocates for a device whose memory is the host's.</summary>
    /// <exception cref="DeviceMemoryException">The host has no room.</exception>
    public HostBuffer(Device device, long byteCount)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        _device = device;
        ByteCount = byteCount;
        try
        {
            _memory = NativeMemory.AlignedAlloc(checked((nuint)Math.Max(byteCount, 1)), Alignment);
        }
        catch (OutOfMemoryException)
        {
            throw new DeviceMemoryException($"Device '{device.Info.Id}': the host has no room for a buffer of {byteCount} bytes.");
        }

        NativeMemory.Clear(_memory, (nuint)byteCount);
        GC.AddMemoryPressure(Math.Max(byteCount, 1));
    }

    /// <summary>Releases the memory of a buffer that was not disposed.</summary>
    ~HostBuffer() => Dispose(false);

    /// <inheritdoc/>
    public override Device Device => _device;

    /// <inheritdoc/>
    public override long ByteCount { get; }

    /// <inheritdoc/>
    public override nint HostAddress
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);
            return (nint)_memory;
        }
    }

    /// <inheritdoc/>
    public override void Write(long offset, ReadOnlySpan<byte> source) => source.CopyTo(Slice(offset, source.Length));

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination) => Slice(offset, destination.Length).CopyTo(destination);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_memory is not null)
        {
            NativeMemory.AlignedFree(_memory);
            _memory = null;
            GC.RemoveMemoryPressure(Math.Max(ByteCount, 1));
        }
    }

    private Span<byte> Slice(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_memory is null, this);
        if (offset < 0 || offset > ByteCount - length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"Range {offset}+{length} passes the end of a buffer of {ByteCount} bytes.");
        }

        return new Span<byte>((byte*)_memory + offset, length);
    }
}
