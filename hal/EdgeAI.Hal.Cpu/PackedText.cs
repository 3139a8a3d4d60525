using System.Buffers.Binary;
using System.Text;

namespace EdgeAI.Hal.Cpu;

/// <summary>
/// How a tensor of strings lies in a buffer: for n strings n + 1 offsets (32-bit little-endian, from 0, ascending) into the
/// UTF-8 bytes that follow them.
/// </summary>
public static class PackedText
{
    /// <summary>Packs strings in element order.</summary>
    public static byte[] Encode(params ReadOnlySpan<string> texts)
    {
        var length = 0;
        foreach (var text in texts)
            length = checked(length + Encoding.UTF8.GetByteCount(text));
        var packed = new byte[checked(OffsetBytes(texts.Length) + length)];
        var content = packed.AsSpan(OffsetBytes(texts.Length));
        var end = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            end += Encoding.UTF8.GetBytes(texts[i], content[end..]);
            BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan((i + 1) * sizeof(int)), end);
        }

        return packed;
    }

    /// <summary>Unpacks <paramref name="count"/> strings.</summary>
    /// <exception cref="TensorMismatchException">The offsets do not fit the bytes.</exception>
    public static string[] Decode(ReadOnlySpan<byte> packed, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var texts = new string[count];
        for (var i = 0; i < count; i++)
            texts[i] = Encoding.UTF8.GetString(Element(packed, count, i));
        return texts;
    }

    /// <summary>The UTF-8 bytes of one string.</summary>
    /// <exception cref="TensorMismatchException">The offsets do not fit the bytes.</exception>
    internal static ReadOnlySpan<byte> Element(ReadOnlySpan<byte> packed, long count, int index)
    {
        var head = OffsetBytes(count);
        if (head > packed.Length)
            throw new TensorMismatchException($"Packed text of {count} strings begins with {head} bytes of offsets; the buffer has {packed.Length} bytes.");
        var content = packed[head..];
        var start = BinaryPrimitives.ReadInt32LittleEndian(packed[(index * sizeof(int))..]);
        var end = BinaryPrimitives.ReadInt32LittleEndian(packed[((index + 1) * sizeof(int))..]);
        return start >= 0 && start <= end && end <= content.Length
            ? content[start..end]
            : throw new TensorMismatchException($"Packed text: string {index} lies at {start}..{end} of {content.Length} bytes.");
    }

    /// <summary>Bytes of the offsets of that many strings.</summary>
    internal static int OffsetBytes(long count) => checked((int)((count + 1) * sizeof(int)));
}
