namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>Memory that the kernels of a program use one after the other, as large as the neediest wants, and what each keeps between runs.</summary>
internal sealed unsafe class Workspace : IDisposable
{
    private NativeBlock? _block;
    private long _shared;
    private long _kept;

    /// <summary>What the neediest user wants, and what all keep.</summary>
    public long ByteCount => _shared + _kept;

    /// <summary>First byte; valid after <see cref="Commit"/>.</summary>
    public byte* Pointer { get; private set; }

    /// <summary>Offset of a 64-byte aligned piece, 0 at first, that nobody else touches.</summary>
    public long Keep(long byteCount)
    {
        var start = checked(_kept + NativeBlock.Slack);
        _kept = checked((start + byteCount + NativeBlock.Slack + 63) & ~63L);
        return start;
    }

    /// <summary>Where a kept piece lies; valid after <see cref="Commit"/>.</summary>
    public byte* Kept(long offset) => Pointer + _shared + offset;

    /// <summary>A new user, who starts at offset 0.</summary>
    public Slot NewSlot() => new(this);

    /// <summary>Allocates when all users have taken what they need.</summary>
    public void Commit()
    {
        _block = new NativeBlock(ByteCount);
        Pointer = _block.Pointer;
    }

    public void Dispose() => _block?.Dispose();

    /// <summary>One user's part.</summary>
    public sealed class Slot(Workspace workspace)
    {
        private long _used;

        /// <summary>Offset of a 64-byte aligned piece that may be read past both ends.</summary>
        public long Take(long byteCount)
        {
            var start = checked(_used + NativeBlock.Slack);
            _used = checked((start + byteCount + NativeBlock.Slack + 63) & ~63L);
            workspace._shared = Math.Max(workspace._shared, _used);
            return start;
        }

        public byte* this[long offset] => workspace.Pointer + offset;
    }
}
