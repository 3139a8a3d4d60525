namespace EdgeAI.Hal.Dsp.Loading;

/// <summary>Memory that host and unit share.</summary>
internal sealed unsafe class DspBuffer : DeviceBuffer
{
    private readonly DspDevice _device;
    private nint _address;

    public DspBuffer(DspDevice device, long byteCount) => (_device, ByteCount, _address) = (device, byteCount, device.Map(byteCount));

    ~DspBuffer() => Dispose(false);

    public override Device Device => _device;

    public override long ByteCount { get; }

    public override nint HostAddress
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address == 0, this);
            _device.ThrowIfDisposed();
            return _address;
        }
    }

    public override void Write(long offset, ReadOnlySpan<byte> source) => source.CopyTo(Slice(offset, source.Length));

    public override void Read(long offset, Span<byte> destination) => Slice(offset, destination.Length).CopyTo(destination);

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _address, 0) is not 0 and var address)
        {
            _device.Unmap(address);
        }
    }

    private Span<byte> Slice(long offset, int length)
    {
        var address = HostAddress;
        return offset >= 0 && offset <= ByteCount - length ? new Span<byte>((byte*)address + offset, length)
            : throw new ArgumentOutOfRangeException(nameof(offset), $"Range {offset}+{length} passes the end of a buffer of {ByteCount} bytes.");
    }
}
