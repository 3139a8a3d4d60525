using EdgeAI.Hal;

namespace EdgeAI.Runtime.Bundles;

/// <summary>Bundles on disk.</summary>
internal static class BundleFile
{
    /// <summary>The whole file, in memory that native code may keep pointers to.</summary>
    public static ReadOnlyMemory<byte> Read(string path)
    {
        // Pipes and devices have no length; they are not opened, because that may wait for ever.
        if (new FileInfo(path).Length == 0)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(file);
        if (length > Array.MaxLength)
        {
            throw new ExecutableFormatException($"Bundle: {length} bytes; a bundle ends at 2 GiB. Load the ONNX file instead.");
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)length, pinned: true);
        var done = 0;
        while (done < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(done), done) is > 0 and var count)
        {
            done += count;
        }

        return bytes.AsMemory(0, done);
    }
}
