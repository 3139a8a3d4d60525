using System.Runtime.InteropServices;
using EdgeAI.Hal;

namespace EdgeAI;

/// <summary>Inputs for operators that are measured: floats between −1 and 1, bytes of any value, and zeros where a number may be an index.</summary>
internal static class ProbeData
{
    private const int Seed = 1;

    public static DeviceBuffer Fill(DeviceBuffer buffer, TensorSpec spec)
    {
        var bytes = new byte[spec.ByteCount];
        var random = new Random(Seed);
        switch (spec.Type)
        {
            case DataType.Float32:
                Fill(MemoryMarshal.Cast<byte, float>(bytes.AsSpan()), () => (random.NextSingle() * 2) - 1);
                break;
            case DataType.Float64:
                Fill(MemoryMarshal.Cast<byte, double>(bytes.AsSpan()), () => (random.NextDouble() * 2) - 1);
                break;
            case DataType.Float16:
                Fill(MemoryMarshal.Cast<byte, Half>(bytes.AsSpan()), () => (Half)((random.NextSingle() * 2) - 1));
                break;
            case DataType.UInt8 or DataType.Int8:
                random.NextBytes(bytes);
                break;
            default:
                break;
        }

        buffer.Write(0, bytes);
        return buffer;
    }

    private static void Fill<T>(Span<T> elements, Func<T> next)
    {
        foreach (ref var element in elements)
        {
            element = next();
        }
    }
}
