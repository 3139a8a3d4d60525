using EdgeAI.Hal;
using EdgeAI.Numpy;

namespace EdgeAI;

/// <summary>Reads NumPy's .npy files: one array of little-endian numbers in C order.</summary>
public static class NumpyFile
{
    /// <summary>The array.</summary>
    /// <exception cref="TensorMismatchException">The file is not such an array, or truncated; the message names file, found and expected.</exception>
    public static EdgeTensor Read(string path)
    {
        using var stream = File.OpenRead(path);
        return new NpyReader(stream, path).Read();
    }

    /// <summary>The slices along the first axis, read one at a time: memory does not depend on how many there are.</summary>
    /// <inheritdoc cref="Read"/>
    public static IEnumerable<EdgeTensor> ReadSlices(string path)
    {
        using var stream = File.OpenRead(path);
        foreach (var slice in new NpyReader(stream, path).ReadSlices())
        {
            yield return slice;
        }
    }
}
