namespace EdgeAI.Hal.Cpu;

/// <summary>A window on memory that ONNX Runtime allocated for an output; empty between runs.</summary>
internal sealed unsafe class ForeignBuffer(Device device) : DeviceBuffer
{
    private nint _address;
    private long _byteCount;

    public override Device Device => device;

    public override long ByteCount => _byteCount;

    public override nint HostAddress => _address;

    public void Show(nint address, long byteCount) => (_address, _byteCount) = (address, byteCount);

    public void Hide() => Show(0, 0);

    public override void Write(long offset, ReadOnlySpan<byte> source) => source.CopyTo(Slice(offset, source.Length));

    public override void Read(long offset, Span<byte> destination) => Slice(offset, destination.Length).CopyTo(destination);

    /// <summary>Closes the window; the run owns the memory.</summary>
    protected override void Dispose(bool disposing) => Hide();

    private Span<byte> Slice(long offset, int length) =>
        offset >= 0 && offset <= _byteCount - length
            ? new Span<byte>((byte*)_address + offset, length)
            : throw new ArgumentOutOfRangeException(nameof(offset), $"Range {offset}+{length} passes the end of a buffer of {_byteCount} bytes.");
}
