using System.Globalization;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;

namespace EdgeAI.Cli;

/// <summary>Tensors as text.</summary>
internal static class TensorText
{
    /// <summary>
    /// The elements, one text each; bytes in hexadecimal for types that .NET has no number for. The items of a sequence; a map is
    /// one text: "{0: 0.1, 1: 0.9}".
    /// </summary>
    public static IEnumerable<string> Elements(EdgeTensor tensor) => tensor.Structure switch
    {
        null => Numbers(tensor),
        OnnxValue.Sequence sequence => sequence.Items.Select(Text),
        OnnxValue.Absent => [],
        var map => [Text(map)],
    };

    /// <summary>What a value is: "Float32[1,3]", "Sequence", "Map".</summary>
    public static string Type(EdgeTensor tensor) => tensor.Structure?.GetType().Name ?? tensor.ToString();

    private static string Text(OnnxValue value) => value switch
    {
        OnnxValue.Map map => $"{{{string.Join(", ", Items(map.Keys).Zip(Items(map.Values), (key, item) => $"{key}: {item}"))}}}",
        OnnxValue.Tensor { Shape.Rank: 0 } or OnnxValue.Texts { Shape.Rank: 0 } => string.Join(", ", Items(value)),
        _ => $"[{string.Join(", ", Items(value))}]",
    };

    private static IEnumerable<string> Items(OnnxValue value) => value switch
    {
        OnnxValue.Tensor tensor => Numbers(EdgeTensor.FromBytes(tensor.Type, tensor.Shape, tensor.Data.AsSpan())),
        OnnxValue.Texts texts => texts.Items,
        OnnxValue.Sequence sequence => sequence.Items.Select(Text),
        OnnxValue.Absent => [],
        _ => [Text(value)],
    };

    private static IEnumerable<string> Numbers(EdgeTensor tensor) => tensor.Type switch
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
