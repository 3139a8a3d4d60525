using System.IO.Compression;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>The MNIST test set: digits with their labels, from 0 (black) to 255.</summary>
internal static class MnistFile
{
    public const int Side = 28;

    private const int ImageHeaderBytes = 16;
    private const int LabelHeaderBytes = 8;

    public static IEnumerable<(float[] Pixels, int Label)> Read()
    {
        var (images, labels) = (Unpack("t10k-images-idx3-ubyte.gz"), Unpack("t10k-labels-idx1-ubyte.gz"));
        for (var i = 0; i < labels.Length - LabelHeaderBytes; i++)
        {
            var pixels = images.AsSpan(ImageHeaderBytes + (i * Side * Side), Side * Side).ToArray();
            yield return ([.. pixels.Select(pixel => (float)pixel)], labels[LabelHeaderBytes + i]);
        }
    }

    private static byte[] Unpack(string name)
    {
        using var stream = new GZipStream(File.OpenRead(SharedData.Path("inputs", "mnist", name)), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        stream.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
