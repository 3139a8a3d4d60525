using EdgeAI.Hal;

namespace EdgeAI.Runtime.Execution;

/// <summary>A copy between two devices with what it needs ready: directly where the host sees both, else through a block.</summary>
internal sealed unsafe class BufferCopy
{
    private const int BlockByteCount = 64 * 1024;

    private readonly BufferView _from;
    private readonly BufferView _to;
    private readonly byte[] _block;

    public BufferCopy(BufferView from, BufferView to)
    {
        (_from, _to) = (from, to);
        _block = IsDirect ? [] : new byte[BlockByteCount];
    }

    private bool IsDirect => _from.HostAddress != 0 && _to.HostAddress != 0;

    public void Execute()
    {
        if (IsDirect)
        {
            Buffer.MemoryCopy((void*)_from.HostAddress, (void*)_to.HostAddress, _to.ByteCount, _from.ByteCount);
            return;
        }

        for (long done = 0; done < _from.ByteCount; done += BlockByteCount)
        {
            var part = _block.AsSpan(0, (int)Math.Min(BlockByteCount, _from.ByteCount - done));
            _from.Buffer!.Read(_from.Offset + done, part);
            _to.Buffer!.Write(_to.Offset + done, part);
        }
    }
}
