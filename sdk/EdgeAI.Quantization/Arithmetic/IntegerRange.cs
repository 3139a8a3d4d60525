using EdgeAI.Hal;

namespace EdgeAI.Quantization.Arithmetic;

/// <summary>The integers that a quantized tensor uses, both ends included.</summary>
internal readonly record struct IntegerRange(int Minimum, int Maximum)
{
    public int Clamp(int value) => Math.Clamp(value, Minimum, Maximum);

    /// <summary>What a range of real values is spread over.</summary>
    public static IntegerRange ForScale(DataType type, bool isSymmetric, bool isReduced) => (type, isReduced) switch
    {
        (DataType.UInt8, true) => new(0, 127),
        (DataType.Int8, true) => new(-64, 64),
        (DataType.Int8, _) when isSymmetric => new(-127, 127),
        _ => Whole(type),
    };

    /// <summary>What constants are clamped to: Int8 leaves −128 out, so that the negative of each value is there.</summary>
    public static IntegerRange ForConstants(DataType type, bool isReduced) => isReduced || type == DataType.Int8 ? ForScale(type, true, isReduced) : Whole(type);

    public static IntegerRange Whole(DataType type) => type == DataType.Int8 ? new(sbyte.MinValue, sbyte.MaxValue) : new(byte.MinValue, byte.MaxValue);
}
