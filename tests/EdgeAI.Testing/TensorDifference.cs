using System.Runtime.InteropServices;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;

namespace EdgeAI.Testing;

/// <summary>How two results differ, element by element: what a failed comparison should say.</summary>
/// <param name="Text">"equal", or what differs.</param>
/// <param name="Count">Elements that differ; the whole tensor's where type or shape do.</param>
/// <param name="Largest">Largest absolute difference of numbers; infinite where type, shape, text, sign of infinity or being a number differ.</param>
/// <param name="Relative">The same divided by the largest finite magnitude that was expected.</param>
public sealed record TensorDifference(string Text, long Count, double Largest, double Relative)
{
    /// <summary>Nothing differs, not even a bit.</summary>
    public static TensorDifference None { get; } = new("equal", 0, 0, 0);

    /// <summary>True when every bit is equal.</summary>
    public bool IsExact => Count == 0;

    /// <summary>Compares what was found with what was expected.</summary>
    public static TensorDifference Of(OnnxValue found, OnnxValue expected)
    {
        if (found.Equals(expected))
        {
            return None;
        }

        return (found, expected) is (OnnxValue.Tensor left, OnnxValue.Tensor right) && left.Type == right.Type && left.Shape == right.Shape
            ? Of(left, right)
            : new($"found {Describe(found)}; expected {Describe(expected)}", long.MaxValue, double.PositiveInfinity, double.PositiveInfinity);
    }

    /// <summary>The elements as numbers; null for types that have none here.</summary>
    public static double[]? Numbers(OnnxValue.Tensor tensor)
    {
        var bytes = tensor.Data.AsSpan();
        return tensor.Type switch
        {
            DataType.Float32 => Widen(MemoryMarshal.Cast<byte, float>(bytes), value => value),
            DataType.Float64 => Widen(MemoryMarshal.Cast<byte, double>(bytes), value => value),
            DataType.Float16 => Widen(MemoryMarshal.Cast<byte, Half>(bytes), value => (double)value),
            DataType.BFloat16 => Widen(MemoryMarshal.Cast<byte, ushort>(bytes), value => BitConverter.Int32BitsToSingle(value << 16)),
            DataType.Float8E5M2 => Widen(bytes, value => (double)BitConverter.Int16BitsToHalf((short)(value << 8))),
            DataType.UInt8 or DataType.Boolean => Widen(bytes, value => value),
            DataType.Int8 => Widen(MemoryMarshal.Cast<byte, sbyte>(bytes), value => value),
            DataType.Int16 => Widen(MemoryMarshal.Cast<byte, short>(bytes), value => value),
            DataType.UInt16 => Widen(MemoryMarshal.Cast<byte, ushort>(bytes), value => value),
            DataType.Int32 => Widen(MemoryMarshal.Cast<byte, int>(bytes), value => value),
            DataType.UInt32 => Widen(MemoryMarshal.Cast<byte, uint>(bytes), value => value),
            DataType.Int64 => Widen(MemoryMarshal.Cast<byte, long>(bytes), value => value),
            DataType.UInt64 => Widen(MemoryMarshal.Cast<byte, ulong>(bytes), value => value),
            _ => null,
        };
    }

    /// <summary>What a value is, shortly.</summary>
    public static string Describe(OnnxValue value) => value switch
    {
        OnnxValue.Tensor tensor => $"{tensor.Type}{tensor.Shape}",
        OnnxValue.Texts texts => $"String{texts.Shape} '{string.Join("', '", texts.Items.Take(4))}'",
        OnnxValue.Sequence sequence => $"a sequence of {sequence.Items.Length} ({(sequence.Items.IsEmpty ? "-" : Describe(sequence.Items[0]))} …)",
        OnnxValue.Map map => $"a map of {Describe(map.Keys)} to {Describe(map.Values)}",
        _ => value.ToString() ?? "",
    };

    private static TensorDifference Of(OnnxValue.Tensor found, OnnxValue.Tensor expected)
    {
        if (Numbers(found) is not { } left || Numbers(expected) is not { } right)
        {
            return new($"{found.Type}{found.Shape}: the bytes differ", long.MaxValue, double.PositiveInfinity, double.PositiveInfinity);
        }

        var (count, largest, first) = (0L, 0.0, -1);
        var size = found.Type.BitCount() / 8;
        for (var i = 0; i < left.Length; i++)
        {
            if (!found.Data.AsSpan(i * size, size).SequenceEqual(expected.Data.AsSpan(i * size, size)))
            {
                first = count++ == 0 ? i : first;
                largest = Math.Max(largest, Distance(left[i], right[i]));
            }
        }

        return new($"{found.Type}{found.Shape}: {count} of {left.Length} differ, at most by {largest:G6}; [{first}] is {left[first]:R}, expected {right[first]:R}", count, largest, largest / Magnitude(right));
    }

    private static double Magnitude(double[] expected) => expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();

    private static double Distance(double left, double right) =>
        left.Equals(right) || (double.IsNaN(left) && double.IsNaN(right)) ? 0
        : double.IsFinite(left) && double.IsFinite(right) ? Math.Abs(left - right) : double.PositiveInfinity;

    private static double[] Widen<T>(ReadOnlySpan<T> values, Func<T, double> widen)
    {
        var result = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            result[i] = widen(values[i]);
        }

        return result;
    }
}
