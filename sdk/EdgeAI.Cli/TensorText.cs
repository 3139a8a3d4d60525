using System.Globalization;
using EdgeAI.Hal;

namespace EdgeAI.Cli;

/// <summary>Tensors as text.</summary>
internal static class TensorText
{
    /// <summary>The elements, one text each; bytes in hexadecimal for types that .NET has no number for.</summary>
    public static IEnumerable<string> Elements(EdgeTensor tensor) => tensor.Type switch
    {
        DataType.String => tensor.Strings,
        DataType.Float32 => Format<float>(tensor),
        DataType.Float64 => Format<double>(tensor),
        DataType.Float16 => Format<Half>(tensor),
        DataType.Int64 => Format<long>(tensor),
        DataType.Int32 => Format<int>(tensor),
        DataType.Int16 => Format<short>(tensor),
        DataType.Int8 => Format<sbyte>(tensor),
        DataType.UInt8 => Format<byte>(tensor),
        DataType.UInt16 => Format<ushort>(tensor),
        DataType.UInt32 => Format<uint>(tensor),
        DataType.UInt64 => Format<ulong>(tensor),
        DataType.Boolean => tensor.Bytes.ToArray().Select(value => value != 0 ? "true" : "false"),
        _ => tensor.Bytes.ToArray().Select(value => value.ToString("X2", CultureInfo.InvariantCulture)),
    };

    private static IEnumerable<string> Format<T>(EdgeTensor tensor)
        where T : unmanaged, IFormattable =>
        tensor.AsSpan<T>().ToArray().Select(value => value.ToString(null, CultureInfo.InvariantCulture));
}
