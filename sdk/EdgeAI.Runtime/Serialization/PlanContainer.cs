using System.Buffers.Binary;
using EdgeAI.Hal;

namespace EdgeAI.Runtime.Serialization;

/// <summary>The outer form of a plan file: magic, version, header length, header (JSON), blobs; each part starts at a multiple of 64.</summary>
internal static class PlanContainer
{
    public const int PrefixByteCount = 24;

    public const int Alignment = 64;

    private const uint Version = 1;

    private static ReadOnlySpan<byte> Magic => "EDGEPLAN"u8;

    public static long Align(long length) => checked(length + Alignment - 1) / Alignment * Alignment;

    public static void WritePrefix(Span<byte> prefix, int headerByteCount)
    {
        prefix.Clear();
        Magic.CopyTo(prefix);
        BinaryPrimitives.WriteUInt32LittleEndian(prefix[8..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(prefix[16..], headerByteCount);
    }

    public static (ReadOnlyMemory<byte> Header, ReadOnlyMemory<byte> Blobs) Split(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < PrefixByteCount || !span.StartsWith(Magic))
        {
            throw new ExecutableFormatException($"Plan: {span.Length} bytes that do not start with '{System.Text.Encoding.ASCII.GetString(Magic)}': not a plan file.");
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(span[8..]);
        var length = BinaryPrimitives.ReadInt64LittleEndian(span[16..]);
        if (version != Version)
        {
            throw new ExecutableFormatException($"Plan: format version {version}; this library reads {Version}. Compile the model again.");
        }

        if (length < 0 || length > span.Length - PrefixByteCount)
        {
            throw new ExecutableFormatException($"Plan: header of {length} bytes in a file of {span.Length}: truncated.");
        }

        var blobs = Math.Min(Align(PrefixByteCount + length), span.Length);
        return (bytes.Slice(PrefixByteCount, (int)length), bytes[(int)blobs..]);
    }
}

/// <summary>Blobs in the order of writing, each at an aligned offset.</summary>
internal sealed class BlobTable
{
    private readonly List<ReadOnlyMemory<byte>> _blobs = [];
    private long _end;

    public IReadOnlyList<ReadOnlyMemory<byte>> Blobs => _blobs;

    public long Add(ReadOnlyMemory<byte> blob)
    {
        var offset = _end;
        _blobs.Add(blob);
        _end = PlanContainer.Align(_end + blob.Length);
        return offset;
    }
}
