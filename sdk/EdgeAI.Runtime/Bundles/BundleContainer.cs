using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EdgeAI.Hal;
using EdgeAI.Runtime.Serialization;

namespace EdgeAI.Runtime.Bundles;

/// <summary>
/// The outer form of a bundle: a prefix of 64 bytes (magic, version, length of the file, length of the manifest, SHA-256 of all bytes
/// but its own), the manifest (JSON), the plan file; manifest and plan start at multiples of 64.
/// </summary>
internal static class BundleContainer
{
    public const int MagicByteCount = 8;

    public const int PrefixByteCount = 64;

    private const uint Version = 1;
    private const int VersionAt = 8;
    private const int LengthAt = 16;
    private const int ManifestAt = 24;
    private const int HashAt = 32;

    private static ReadOnlySpan<byte> Magic => "EDGEBNDL"u8;

    public static bool HasMagic(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    /// <summary>The prefix, its hash still zero.</summary>
    public static byte[] Prefix(long byteCount, long manifestByteCount)
    {
        var prefix = new byte[PrefixByteCount];
        Magic.CopyTo(prefix);
        BinaryPrimitives.WriteUInt32LittleEndian(prefix.AsSpan(VersionAt), Version);
        BinaryPrimitives.WriteInt64LittleEndian(prefix.AsSpan(LengthAt), byteCount);
        BinaryPrimitives.WriteInt64LittleEndian(prefix.AsSpan(ManifestAt), manifestByteCount);
        return prefix;
    }

    public static void Seal(Span<byte> prefix, IncrementalHash rest) => Digest(prefix, rest).CopyTo(prefix[HashAt..]);

    public static (ReadOnlyMemory<byte> Manifest, ReadOnlyMemory<byte> Plan) Split(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        Require(span.Length >= PrefixByteCount && HasMagic(span), $"{span.Length} bytes that do not start with '{Encoding.ASCII.GetString(Magic)}': not a bundle. 'edgeai plan MODEL --output FILE.edgeai' makes one.");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(span[VersionAt..]);
        Require(version == Version, $"format version {version}; this library reads {Version}. Compile the model again with this library.");
        var length = BinaryPrimitives.ReadInt64LittleEndian(span[LengthAt..]);
        Require(length == span.Length, $"{span.Length} bytes; its prefix says {length}: truncated, or more was appended. Copy it again.");
        Require(IsIntact(span), "its SHA-256 does not fit its bytes: damaged or changed. Copy it again, or compile the model again.");
        var manifest = BinaryPrimitives.ReadInt64LittleEndian(span[ManifestAt..]);
        Require(manifest >= 0 && manifest <= span.Length - PrefixByteCount, $"a manifest of {manifest} bytes in a file of {span.Length}.");
        var plan = Math.Min(PlanContainer.Align(PrefixByteCount + manifest), span.Length);
        return (bytes.Slice(PrefixByteCount, (int)manifest), bytes[(int)plan..]);
    }

    private static bool IsIntact(ReadOnlySpan<byte> bytes)
    {
        using var rest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        rest.AppendData(bytes[PrefixByteCount..]);
        return Digest(bytes[..PrefixByteCount], rest).AsSpan().SequenceEqual(bytes[HashAt..PrefixByteCount]);
    }

    private static byte[] Digest(ReadOnlySpan<byte> prefix, IncrementalHash rest)
    {
        rest.AppendData(prefix[..HashAt]);
        return rest.GetHashAndReset();
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ExecutableFormatException("Bundle: " + message);
        }
    }
}
