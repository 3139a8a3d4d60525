using System.Buffers;
using System.Buffers.Binary;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>
/// One field of a protobuf message that may be taken apart and lie about itself: a number, a block of bytes, or a nested message.
/// It writes what it is told, valid or not.
/// </summary>
public sealed class WireField
{
    /// <summary>Field number.</summary>
    public int Number { get; set; }

    /// <summary>How its bytes end: 0 varint, 1 eight bytes, 2 a length, 3 and 4 a group, 5 four bytes; 6 and 7 do not exist.</summary>
    public int WireType { get; set; }

    /// <summary>The number of a varint or of fixed bytes.</summary>
    public ulong Value { get; set; }

    /// <summary>The block of a field with a length that is no message.</summary>
    public ReadOnlyMemory<byte> Bytes { get; set; }

    /// <summary>The nested message, else null.</summary>
    public WireMessage? Message { get; set; }

    /// <summary>A length that is written in place of the true one.</summary>
    public ulong? FalseLength { get; set; }

    /// <summary>A number.</summary>
    public static WireField Of(int number, long value) => new() { Number = number, Value = (ulong)value };

    /// <summary>A block of bytes.</summary>
    public static WireField Of(int number, ReadOnlyMemory<byte> bytes) => new() { Number = number, WireType = 2, Bytes = bytes };

    /// <summary>A nested message.</summary>
    public static WireField Of(int number, WireMessage message) => new() { Number = number, WireType = 2, Message = message };

    /// <summary>The same field again; blocks of bytes are shared.</summary>
    public WireField Clone() => new() { Number = Number, WireType = WireType, Value = Value, Bytes = Bytes, Message = Message?.Clone(), FalseLength = FalseLength };

    internal void WriteTo(ArrayBufferWriter<byte> output)
    {
        WriteVarint(output, ((ulong)(uint)Number << 3) | (uint)WireType);
        switch (WireType)
        {
            case 0: WriteVarint(output, Value); break;
            case 1: BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(8), Value); output.Advance(8); break;
            case 5: BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(4), (uint)Value); output.Advance(4); break;
            default: WriteBlock(output); break;
        }
    }

    internal static void WriteVarint(ArrayBufferWriter<byte> output, ulong value)
    {
        var span = output.GetSpan(10);
        var count = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[count++] = (byte)(value | 0x80);
        }

        span[count++] = (byte)value;
        output.Advance(count);
    }

    private void WriteBlock(ArrayBufferWriter<byte> output)
    {
        var block = Message is null ? Bytes : Message.ToBytes();
        WriteVarint(output, FalseLength ?? (ulong)block.Length);
        output.Write(block.Span);
    }
}
