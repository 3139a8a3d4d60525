using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace EdgeAI.Onnx.Wire;

/// <summary>
/// Builds a protobuf message as a chain of pieces: large blocks are referred to and not copied until the whole is written out.
/// </summary>
internal sealed class ProtoWriter
{
    private const int CopyLimit = 512;

    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private ArrayBufferWriter<byte> _current = new();
    private long _pieceBytes;

    /// <summary>Bytes so far.</summary>
    public long Length => _pieceBytes + _current.WrittenCount;

    /// <summary>A signed integer.</summary>
    public void Int64(int field, long value)
    {
        Key(field, WireType.Varint);
        Varint((ulong)value);
    }

    /// <summary>An integer unless it is 0, which is what an absent one means.</summary>
    public void Int64Unless0(int field, long value)
    {
        if (value != 0)
        {
            Int64(field, value);
        }
    }

    /// <summary>A float.</summary>
    public void Float(int field, float value)
    {
        Key(field, WireType.Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(_current.GetSpan(4), value);
        _current.Advance(4);
    }

    /// <summary>A text.</summary>
    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A text unless it is empty.</summary>
    public void TextUnlessEmpty(int field, string value)
    {
        if (value.Length > 0)
        {
            Text(field, value);
        }
    }

    /// <summary>A block of bytes.</summary>
    public void Bytes(int field, ReadOnlyMemory<byte> bytes)
    {
        Key(field, WireType.Bytes);
        Varint((ulong)bytes.Length);
        if (bytes.Length <= CopyLimit)
        {
            _current.Write(bytes.Span);
            return;
        }

        Flush();
        Append(bytes);
    }

    /// <summary>Integers as a packed list.</summary>
    public void PackedInt64(int field, IEnumerable<long> values)
    {
        var packed = new ProtoWriter();
        foreach (var value in values)
        {
            packed.Varint((ulong)value);
        }

        Message(field, packed);
    }

    /// <summary>An inner message.</summary>
    public void Message(int field, ProtoWriter inner)
    {
        Key(field, WireType.Bytes);
        Varint((ulong)inner.Length);
        if (inner._pieces.Count == 0)
        {
            _current.Write(inner._current.WrittenSpan);
            return;
        }

        Flush();
        inner.Flush();
        inner._pieces.ForEach(Append);
    }

    /// <summary>An inner message that <paramref name="write"/> fills.</summary>
    public void Message(int field, Action<ProtoWriter> write)
    {
        var inner = new ProtoWriter();
        write(inner);
        Message(field, inner);
    }

    /// <summary>Writes the whole message out.</summary>
    public void WriteTo(Stream stream)
    {
        Flush();
        foreach (var piece in _pieces)
        {
            stream.Write(piece.Span);
        }
    }

    /// <summary>Writes the whole message out.</summary>
    public void WriteTo(IBufferWriter<byte> buffer)
    {
        Flush();
        _pieces.ForEach(piece => buffer.Write(piece.Span));
    }

    /// <summary>The whole message in one block.</summary>
    public byte[] ToArray()
    {
        Flush();
        var bytes = new byte[Length];
        var position = 0;
        foreach (var piece in _pieces)
        {
            piece.Span.CopyTo(bytes.AsSpan(position));
            position += piece.Length;
        }

        return bytes;
    }

    private void Key(int field, WireType type) => Varint(((ulong)field << 3) | (ulong)type);

    private void Varint(ulong value)
    {
        var span = _current.GetSpan(10);
        var count = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[count++] = (byte)(value | 0x80);
        }

        span[count++] = (byte)value;
        _current.Advance(count);
    }

    private void Flush()
    {
        if (_current.WrittenCount > 0)
        {
            Append(_current.WrittenMemory);
            _current = new ArrayBufferWriter<byte>();
        }
    }

    private void Append(ReadOnlyMemory<byte> piece)
    {
        _pieces.Add(piece);
        _pieceBytes += piece.Length;
    }
}
