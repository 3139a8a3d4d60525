using System.Runtime.InteropServices;
using EdgeAI.Hal;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>
/// Zeroed native memory, 64-byte aligned, with slack on both sides so that vector code may read (never write) past the ends.
/// </summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    /// <summary>Readable bytes before the first and after the last.</summary>
    public const int Slack = 128;

    private byte* _memory;

    public NativeBlock(long byteCount)
    {
        ByteCount = byteCount;
        try
        {
            _memory = (byte*)NativeMemory.AlignedAlloc(checked((nuint)byteCount + (2 * Slack)), 64);
        }
        catch (Exception error) when (error is OutOfMemoryException or OverflowException)
        {
            throw new DeviceMemoryException($"Simulated NPU: the host has no room for {byteCount} bytes.");
        }

        NativeMemory.Clear(_memory, (nuint)byteCount + (2 * Slack));
        GC.AddMemoryPressure(byteCount + Slack);
    }

    ~NativeBlock() => Free();

    public long ByteCount { get; }

    /// <summary>The first byte.</summary>
    public byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);
            return _memory + Slack;
        }
    }

    public void Clear() => NativeMemory.Clear(Pointer, (nuint)ByteCount);

    /// <summary>Fills the slack, and what follows the first <paramref name="byteCount"/> bytes: what no result may depend on.</summary>
    public void FillAround(long byteCount, byte value)
    {
        NativeMemory.Fill(Pointer - Slack, Slack, value);
        NativeMemory.Fill(Pointer + byteCount, (nuint)(ByteCount - byteCount + Slack), value);
    }

    /// <summary>True where all that <see cref="FillAround"/> fills holds that value.</summary>
    public bool IsAround(long byteCount, byte value) =>
        !new ReadOnlySpan<byte>(Pointer - Slack, Slack).ContainsAnyExcept(value)
        && !new ReadOnlySpan<byte>(Pointer + byteCount, checked((int)(ByteCount - byteCount + Slack))).ContainsAnyExcept(value);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_memory is not null)
        {
            NativeMemory.AlignedFree(_memory);
            _memory = null;
            GC.RemoveMemoryPressure(ByteCount + Slack);
        }
    }
}
