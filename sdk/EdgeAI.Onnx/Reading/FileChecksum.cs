using System.Security.Cryptography;

namespace EdgeAI.Onnx.Reading;

/// <summary>The checksum that ONNX has for external data: SHA-1 of the whole file. It finds damage, it does not prove who wrote the file.</summary>
internal static class FileChecksum
{
    private const int Piece = 1 << 24;

    public static string Of(MappedFile file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        for (var offset = 0L; offset < file.Length; offset += Piece)
        {
            hash.AppendData(file.Slice(offset, (int)Math.Min(Piece, file.Length - offset)).Span);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
