using System.Buffers;
using System.Buffers.Binary;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>A protobuf message as a tree that can be changed at will.</summary>
/// <param name="kind">Which message of ONNX it is.</param>
public sealed class WireMessage(MessageKind kind)
{
    private const int MaximumDepth = 200;

    /// <summary>Which message of ONNX it is.</summary>
    public MessageKind Kind { get; } = kind;

    /// <summary>Its fields, in order.</summary>
    public List<WireField> Fields { get; } = [];

    /// <summary>The tree of a message; null where the bytes are none.</summary>
    public static WireMessage? Parse(ReadOnlyMemory<byte> bytes, MessageKind kind, int depth = 0)
    {
        var message = new WireMessage(kind);
        var position = 0;
        while (position < bytes.Length)
        {
            if (ReadField(bytes, ref position, kind, depth) is not { } field)
            {
                return null;
            }

            message.Fields.Add(field);
        }

        return message;
    }

    /// <summary>The same tree again.</summary>
    public WireMessage Clone()
    {
        var clone = new WireMessage(Kind);
        clone.Fields.AddRange(Fields.Select(field => field.Clone()));
        return clone;
    }

    /// <summary>The message's bytes.</summary>
    public ReadOnlyMemory<byte> ToBytes()
    {
        var output = new ArrayBufferWriter<byte>(256);
        foreach (var field in Fields)
        {
            field.WriteTo(output);
        }

        return output.WrittenMemory;
    }

    /// <summary>This message and every one inside it.</summary>
    public List<WireMessage> All()
    {
        var found = new List<WireMessage> { this };
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(found[i].Fields.Where(field => field.Message is not null).Select(field => field.Message!));
        }

        return found;
    }

    /// <summary>The first field of that number.</summary>
    public WireField? Find(int number) => Fields.Find(field => field.Number == number);

    /// <summary>Adds a number.</summary>
    public WireMessage Add(int number, long value) => Add(WireField.Of(number, value));

    /// <summary>Adds a text.</summary>
    public WireMessage Add(int number, string text) => Add(WireField.Of(number, System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>Adds a block of bytes.</summary>
    public WireMessage Add(int number, byte[] bytes) => Add(WireField.Of(number, bytes));

    /// <inheritdoc cref="Add(int, byte[])"/>
    public WireMessage Add(int number, ReadOnlyMemory<byte> bytes) => Add(WireField.Of(number, bytes));

    /// <summary>Adds a nested message.</summary>
    public WireMessage Add(int number, WireMessage message) => Add(WireField.Of(number, message));

    private WireMessage Add(WireField field)
    {
        Fields.Add(field);
        return this;
    }

    private static WireField? ReadField(ReadOnlyMemory<byte> bytes, ref int position, MessageKind kind, int depth)
    {
        if (ReadVarint(bytes.Span, ref position) is not { } key || key >> 3 is 0 or > int.MaxValue)
        {
            return null;
        }

        var field = new WireField { Number = (int)(key >> 3), WireType = (int)(key & 7) };
        return field.WireType switch
        {
            0 => ReadNumber(field, bytes.Span, ref position),
            1 => ReadFixed(field, bytes.Span, ref position, 8),
            5 => ReadFixed(field, bytes.Span, ref position, 4),
            2 => ReadBlock(field, bytes, ref position, kind, depth),
            _ => null,
        };
    }

    private static WireField? ReadNumber(WireField field, ReadOnlySpan<byte> bytes, ref int position)
    {
        if (ReadVarint(bytes, ref position) is not { } value)
        {
            return null;
        }

        field.Value = value;
        return field;
    }

    private static WireField? ReadFixed(WireField field, ReadOnlySpan<byte> bytes, ref int position, int size)
    {
        if (bytes.Length - position < size)
        {
            return null;
        }

        field.Value = size == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[position..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[position..]);
        position += size;
        return field;
    }

    private static WireField? ReadBlock(WireField field, ReadOnlyMemory<byte> bytes, ref int position, MessageKind kind, int depth)
    {
        if (ReadVarint(bytes.Span, ref position) is not { } length || length > (ulong)(bytes.Length - position))
        {
            return null;
        }

        field.Bytes = bytes.Slice(position, (int)length);
        position += (int)length;
        if (depth < MaximumDepth && OnnxWire.Nested(kind, field.Number) is { } nested)
        {
            field.Message = Parse(field.Bytes, nested, depth + 1);
        }

        return field;
    }

    private static ulong? ReadVarint(ReadOnlySpan<byte> bytes, ref int position)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64 && position < bytes.Length; shift += 7)
        {
            var next = bytes[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        return null;
    }
}
