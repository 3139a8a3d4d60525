using EdgeAI.Runtime.Serialization;

namespace EdgeAI.Runtime;

/// <summary>Writes plans: a JSON header that people can read, then the executables' bytes. Equal plans give equal bytes.</summary>
public static class PlanWriter
{
    /// <summary>Writes a plan with everything that it needs to run.</summary>
    public static void Write(Plan plan, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(stream);
        var blobs = new BlobTable();
        var header = PlanHeaderWriter.Write(plan, blobs);
        Span<byte> prefix = stackalloc byte[PlanContainer.PrefixByteCount];
        PlanContainer.WritePrefix(prefix, header.Length);
        stream.Write(prefix);
        stream.Write(header);
        Pad(stream, PlanContainer.PrefixByteCount + header.Length);
        foreach (var blob in blobs.Blobs)
        {
            stream.Write(blob.Span);
            Pad(stream, blob.Length);
        }
    }

    /// <summary>The plan as bytes.</summary>
    public static byte[] ToBytes(Plan plan)
    {
        using var stream = new MemoryStream();
        Write(plan, stream);
        return stream.ToArray();
    }

    private static void Pad(Stream stream, long length)
    {
        ReadOnlySpan<byte> zeros = stackalloc byte[PlanContainer.Alignment];
        stream.Write(zeros[..(int)(PlanContainer.Align(length) - length)]);
    }
}
