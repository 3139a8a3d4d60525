using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>Calibration samples as the reference tool was fed with them.</summary>
internal static class OwnSamples
{
    /// <summary>Each slice of the model's array, as its input wants it.</summary>
    public static IEnumerable<IReadOnlyList<EdgeTensor>> Samples(this OwnModel own)
    {
        var parts = own.Calibration.Split(':');
        using var archive = NumpyArchive.Open(OwnModel.PathOf(parts[0]));
        foreach (var slice in archive.ReadSlices(parts[1]))
        {
            yield return [ToInput(slice)];
        }
    }

    private static EdgeTensor ToInput(EdgeTensor slice) => slice.Type switch
    {
        DataType.Int16 => Float32(slice.AsSpan<short>().ToArray().Select(value => value / 32768f), [1, .. slice.Shape.ToArray()]),
        DataType.UInt8 => Picture(slice),
        DataType.Float16 => Float32(slice.AsSpan<Half>().ToArray().Select(value => (float)value), [1, .. slice.Shape.ToArray()]),
        _ => EdgeTensor.FromBytes(DataType.Float32, new Shape([1, .. slice.Shape.ToArray()]), MemoryMarshal.AsBytes(slice.AsSpan<float>())),
    };

    /// <summary>Height × width × channels of bytes as planes of 0 to 1.</summary>
    private static EdgeTensor Picture(EdgeTensor slice)
    {
        var (height, width, channels) = (slice.Shape[0].Value, slice.Shape[1].Value, slice.Shape[2].Value);
        var pixels = slice.AsSpan<byte>().ToArray();
        var planes = from c in Enumerable.Range(0, (int)channels) from i in Enumerable.Range(0, (int)(height * width)) select pixels[(i * channels) + c] / 255f;
        return Float32(planes, [1, channels, height, width]);
    }

    private static EdgeTensor Float32(IEnumerable<float> values, ImmutableArray<long> shape) => EdgeTensor.Of<float>(values.ToArray(), [.. shape]);
}
