namespace EdgeAI.Hal.Npu;

/// <summary>Memory that host and NPU share, as a checked buffer.</summary>
internal sealed unsafe class NpuBuffer : DeviceBuffer
{
    private readonly NpuDevice _device;
    private NpuMapping? _mapping;

    public NpuBuffer(NpuDevice device, NpuMapping mapping) => (_device, _mapping, ByteCount) = (device, mapping, mapping.ByteCount);

    public override Device Device => _device;

    public override long ByteCount { get; }

    public override nint HostAddress => Mapping.HostAddress;

    public ulong DeviceAddress => Mapping.DeviceAddress;

    private NpuMapping Mapping
    {
        get
        {
            ObjectDisposedException.ThrowIf(_mapping is null, this);
            return _mapping;
        }
    }

    public override void Write(long offset, ReadOnlySpan<byte> source) => source.CopyTo(Slice(offset, source.Length));

    public override void Read(long offset, Span<byte> destination) => Slice(offset, destination.Length).CopyTo(destination);

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _mapping, null) is { } mapping)
        {
            mapping.Dispose();
            _device.Forget(this);
        }
    }

    private Span<byte> Slice(long offset, int length)
    {
        var address = HostAddress;
        if (offset < 0 || offset > ByteCount - length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"Range {offset}+{length} passes the end of a buffer of {ByteCount} bytes.");
        }

        return new Span<byte>((byte*)address + offset, length);
    }
}
