using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Streams;

/// <summary>Lays out a program's constants; the bytes are made only when they are asked for.</summary>
internal sealed class ConstantPool
{
    private readonly List<(long Offset, int Bytes, Action<Span<byte>> Write)> _blocks = [];

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>Reserves an aligned block that <paramref name="write"/> will fill.</summary>
    public Address Add(int bytes, Action<Span<byte>> write)
    {
        var offset = (Length + WeightPacking.Alignment - 1) / WeightPacking.Alignment * WeightPacking.Alignment;
        _blocks.Add((offset, bytes, write));
        Length = offset + bytes;
        return Address.Constants(offset);
    }

    /// <summary>All blocks.</summary>
    public byte[] ToArray()
    {
        var result = new byte[Length];
        foreach (var (offset, bytes, write) in _blocks)
        {
            write(result.AsSpan(checked((int)offset), bytes));
        }

        return result;
    }
}
