using System.Numerics;
using System.Runtime.InteropServices;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>Converts constants between number types as Cast does.</summary>
internal static class Conversion
{
    /// <summary>The tensor in another type; null where the rule is not plain (texts, narrow floats, a float outside an integer's range).</summary>
    public static ConstantTensor? To(ConstantTensor source, DataType target) =>
        source.Type == target ? source
        : source.Type switch
        {
            DataType.Float32 => From(source.AsSpan<float>(), source.Shape, target),
            DataType.Float64 => From(source.AsSpan<double>(), source.Shape, target),
            DataType.Float16 => From(source.AsSpan<Half>(), source.Shape, target),
            DataType.Int64 => From(source.AsSpan<long>(), source.Shape, target),
            DataType.Int32 => From(source.AsSpan<int>(), source.Shape, target),
            DataType.Int16 => From(source.AsSpan<short>(), source.Shape, target),
            DataType.Int8 => From(source.AsSpan<sbyte>(), source.Shape, target),
            DataType.UInt64 => From(source.AsSpan<ulong>(), source.Shape, target),
            DataType.UInt32 => From(source.AsSpan<uint>(), source.Shape, target),
            DataType.UInt16 => From(source.AsSpan<ushort>(), source.Shape, target),
            DataType.UInt8 => From(source.AsSpan<byte>(), source.Shape, target),
            DataType.Boolean => From(source.Data.Span, source.Shape, target),
            _ => null,
        };

    private static ConstantTensor? From<T>(ReadOnlySpan<T> source, Shape shape, DataType target)
        where T : unmanaged, INumber<T> => target switch
        {
            DataType.Float32 => Convert<T, float>(source, shape, target),
            DataType.Float64 => Convert<T, double>(source, shape, target),
            DataType.Float16 => Convert<T, Half>(source, shape, target),
            DataType.Int64 => Convert<T, long>(source, shape, target),
            DataType.Int32 => Convert<T, int>(source, shape, target),
            DataType.Int16 => Convert<T, short>(source, shape, target),
            DataType.Int8 => Convert<T, sbyte>(source, shape, target),
            DataType.UInt64 => Convert<T, ulong>(source, shape, target),
            DataType.UInt32 => Convert<T, uint>(source, shape, target),
            DataType.UInt16 => Convert<T, ushort>(source, shape, target),
            DataType.UInt8 => Convert<T, byte>(source, shape, target),
            DataType.Boolean => ToBoolean(source, shape),
            _ => null,
        };

    private static ConstantTensor? Convert<TSource, TTarget>(ReadOnlySpan<TSource> source, Shape shape, DataType target)
        where TSource : unmanaged, INumber<TSource>
        where TTarget : unmanaged, INumber<TTarget>
    {
        var result = new TTarget[source.Length];
        var isToInteger = TTarget.IsInteger(TTarget.One / (TTarget.One + TTarget.One)) && !TSource.IsInteger(TSource.One / (TSource.One + TSource.One));
        for (var i = 0; i < source.Length; i++)
        {
            result[i] = TTarget.CreateTruncating(source[i]);
            if (isToInteger && double.CreateTruncating(result[i]) != Math.Truncate(double.CreateTruncating(source[i])))
            {
                return null;
            }
        }

        return new(target, shape, MemoryMarshal.AsBytes(result.AsSpan()).ToArray());
    }

    private static ConstantTensor ToBoolean<T>(ReadOnlySpan<T> source, Shape shape)
        where T : unmanaged, INumber<T>
    {
        var result = new bool[source.Length];
        for (var i = 0; i < source.Length; i++)
        {
            result[i] = !T.IsZero(source[i]);
        }

        return ConstantTensor.Of<bool>(shape, result);
    }
}
