using System.Buffers.Binary;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>Changes a model without knowing what its bytes mean.</summary>
internal static class ByteMutator
{
    private static readonly (string Name, Func<Random, byte[], byte[], byte[]> Change)[] Changes =
    [
        ("flip a bit", (random, bytes, _) => Set(bytes, random.Next(bytes.Length), (at, span) => span[at] ^= (byte)(1 << random.Next(8)))),
        ("set a byte", (random, bytes, _) => Set(bytes, random.Next(bytes.Length), (at, span) => span[at] = (byte)random.Next(256))),
        ("set an edge byte", (random, bytes, _) => Set(bytes, random.Next(bytes.Length), (at, span) => span[at] = random.Pick<byte>([0, 1, 0x7F, 0x80, 0xFE, 0xFF]))),
        ("set a number", SetNumber),
        ("insert bytes", (random, bytes, _) => Splice(bytes, random.Next(bytes.Length + 1), 0, Noise(random, random.Next(1, 9)))),
        ("delete a range", (random, bytes, _) => Range(random, bytes) is var (start, length) ? Splice(bytes, start, length, []) : bytes),
        ("repeat a range", (random, bytes, _) => Range(random, bytes) is var (start, length) ? Splice(bytes, start, 0, bytes.AsSpan(start, length)) : bytes),
        ("cut off", (random, bytes, _) => bytes[..random.Next(bytes.Length)]),
        ("take in another model's range", SpliceOther),
    ];

    /// <summary>A changed copy, and the name of the change. <paramref name="other"/> is another model to take bytes from.</summary>
    public static (byte[] Bytes, string Change) Apply(Random random, byte[] bytes, byte[] other)
    {
        if (bytes.Length == 0)
        {
            return (Noise(random, 4), "noise");
        }

        var (name, change) = random.Pick(Changes);
        return (change(random, bytes, other), name);
    }

    private static byte[] SetNumber(Random random, byte[] bytes, byte[] other) => bytes.Length < 8 ? bytes
        : Set(bytes, random.Next(bytes.Length - 7), (at, span) => BinaryPrimitives.WriteInt64LittleEndian(span[at..], random.Extreme()));

    private static byte[] SpliceOther(Random random, byte[] bytes, byte[] other)
    {
        if (other.Length == 0)
        {
            return bytes;
        }

        var (start, length) = Range(random, other);
        return Splice(bytes, random.Next(bytes.Length), random.Next(2) * Math.Min(length, 4), other.AsSpan(start, length));
    }

    private static (int Start, int Length) Range(Random random, byte[] bytes)
    {
        var start = random.Next(bytes.Length);
        return (start, random.Next(1, Math.Min(bytes.Length - start, random.OneIn(4) ? 4096 : 32) + 1));
    }

    private static byte[] Noise(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private delegate void Edit(int at, Span<byte> bytes);

    private static byte[] Set(byte[] bytes, int at, Edit edit)
    {
        var copy = (byte[])bytes.Clone();
        edit(at, copy);
        return copy;
    }

    private static byte[] Splice(byte[] bytes, int start, int removed, ReadOnlySpan<byte> inserted)
    {
        removed = Math.Min(removed, bytes.Length - start);
        var result = new byte[bytes.Length - removed + inserted.Length];
        bytes.AsSpan(0, start).CopyTo(result);
        inserted.CopyTo(result.AsSpan(start));
        bytes.AsSpan(start + removed).CopyTo(result.AsSpan(start + inserted.Length));
        return result;
    }
}
