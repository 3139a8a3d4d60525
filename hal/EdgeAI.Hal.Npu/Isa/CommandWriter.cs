using System.Buffers.Binary;
using System.Collections.Immutable;

namespace EdgeAI.Hal.Npu.Isa;

/// <summary>Encodes commands into a stream of little-endian 64-bit words and keeps which node each came from.</summary>
internal sealed class CommandWriter : IFieldVisitor
{
    private readonly List<SourceRange> _sources = [];
    private byte[] _bytes = new byte[1024];
    private int _length;

    /// <summary>Commands written.</summary>
    public int Count { get; private set; }

    /// <summary>Name of the graph node that the next commands belong to; null for none.</summary>
    public string? Node { get; set; }

    /// <summary>The stream so far.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Ranges of command indices and their nodes, in order.</summary>
    public ImmutableArray<SourceRange> SourceMap => [.. _sources];

    /// <summary>Appends a command and returns its index.</summary>
    public int Add(ICommand command)
    {
        var start = _length;
        _length += sizeof(ulong);
        command.Visit(this);
        Align();
        Reserve(0);
        var words = (_length - start) / sizeof(ulong);
        var header = (uint)command.Opcode | ((uint)command.Engine << 8) | ((uint)words << 16);
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(start), header | ((ulong)command.Flags << 32));
        Attribute();
        return Count++;
    }

    void IFieldVisitor.Int(string name, ref int value) => BinaryPrimitives.WriteInt32LittleEndian(Reserve(sizeof(int)), value);

    void IFieldVisitor.Float(string name, ref float value) => BinaryPrimitives.WriteSingleLittleEndian(Reserve(sizeof(float)), value);

    void IFieldVisitor.Address(string name, ref Address value)
    {
        if (value.Offset is < 0 or >= 1L << Isa.Address.OffsetBits || value.Region is < 0 or > byte.MaxValue)
        {
            throw new ArgumentException($"NPU address {name} = {value} cannot be encoded: region 0…255, offset 0…2^{Isa.Address.OffsetBits} − 1.");
        }

        Align();
        BinaryPrimitives.WriteInt64LittleEndian(Reserve(sizeof(long)), value.Offset | ((long)value.Region << Isa.Address.OffsetBits));
    }

    private void Attribute()
    {
        if (Node is null)
        {
            return;
        }

        if (_sources.Count > 0 && _sources[^1].End == Count && _sources[^1].Node == Node)
        {
            _sources[^1] = _sources[^1] with { End = Count + 1 };
        }
        else
        {
            _sources.Add(new(Count, Count + 1, Node));
        }
    }

    private void Align()
    {
        if (_length % sizeof(ulong) != 0)
        {
            Reserve(sizeof(ulong) - (_length % sizeof(ulong))).Clear();
        }
    }

    private Span<byte> Reserve(int bytes)
    {
        var start = _length;
        _length += bytes;
        if (_length + sizeof(ulong) > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + sizeof(ulong)));
        }

        return _bytes.AsSpan(start, bytes);
    }
}
