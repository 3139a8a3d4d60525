namespace EdgeAI.Hal;

/// <summary>Element type of a tensor. The numbers are those of ONNX's TensorProto.DataType, so they survive in files.</summary>
public enum DataType : byte
{
    /// <summary>Not known.</summary>
    Undefined = 0,
    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 1,
    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8 = 2,
    /// <summary>Signed 8-bit integer.</summary>
    Int8 = 3,
    /// <summary>Unsigned 16-bit integer.</summary>
    UInt16 = 4,
    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 5,
    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 6,
    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 7,
    /// <summary>UTF-8 text of any length; has no fixed size.</summary>
    String = 8,
    /// <summary>One byte, 0 or 1.</summary>
    Boolean = 9,
    /// <summary>IEEE 754 binary16.</summary>
    Float16 = 10,
    /// <summary>IEEE 754 binary64.</summary>
    Float64 = 11,
    /// <summary>Unsigned 32-bit integer.</summary>
    UInt32 = 12,
    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64 = 13,
    /// <summary>Two binary32: real, imaginary.</summary>
    Complex64 = 14,
    /// <summary>Two binary64: real, imaginary.</summary>
    Complex128 = 15,
    /// <summary>Upper half of a binary32.</summary>
    BFloat16 = 16,
    /// <summary>8-bit float, 4 exponent bits, finite only.</summary>
    Float8E4M3FN = 17,
    /// <summary>8-bit float, 4 exponent bits, finite, no negative zero.</summary>
    Float8E4M3FNUZ = 18,
    /// <summary>8-bit float, 5 exponent bits.</summary>
    Float8E5M2 = 19,
    /// <summary>8-bit float, 5 exponent bits, finite, no negative zero.</summary>
    Float8E5M2FNUZ = 20,
    /// <summary>Unsigned 4-bit integer, two to a byte.</summary>
    UInt4 = 21,
    /// <summary>Signed 4-bit integer, two to a byte.</summary>
    Int4 = 22,
    /// <summary>4-bit float, two to a byte.</summary>
    Float4E2M1 = 23,
    /// <summary>8-bit exponent.</summary>
    Float8E8M0 = 24,
    /// <summary>Unsigned 2-bit integer, four to a byte.</summary>
    UInt2 = 25,
    /// <summary>Signed 2-bit integer, four to a byte.</summary>
    Int2 = 26,
}

/// <summary>Facts about <see cref="DataType"/> members.</summary>
public static class DataTypes
{
    /// <summary>Bits of one element; 0 for <see cref="DataType.String"/> and <see cref="DataType.Undefined"/>.</summary>
    public static int BitCount(this DataType type) => type switch
    {
        DataType.Undefined or DataType.String => 0,
        DataType.UInt2 or DataType.Int2 => 2,
        DataType.UInt4 or DataType.Int4 or DataType.Float4E2M1 => 4,
        DataType.UInt16 or DataType.Int16 or DataType.Float16 or DataType.BFloat16 => 16,
        DataType.Float32 or DataType.Int32 or DataType.UInt32 => 32,
        DataType.Float64 or DataType.Int64 or DataType.UInt64 or DataType.Complex64 => 64,
        DataType.Complex128 => 128,
        _ => 8,
    };

    /// <summary>Bytes that <paramref name="elementCount"/> packed elements take.</summary>
    /// <exception cref="OverflowException">The size passes 2^63 − 1 bytes.</exception>
    public static long ByteCount(this DataType type, long elementCount) =>
        checked((elementCount * type.BitCount() + 7) / 8);

    /// <summary>True for types of a fixed size, which can live in a buffer.</summary>
    public static bool IsFixedSize(this DataType type) => type.BitCount() > 0;

    /// <summary>True for the 8-bit integers that accelerators compute in.</summary>
    public static bool IsQuantized8(this DataType type) => type is DataType.UInt8 or DataType.Int8;

    /// <summary>The element type whose memory layout equals <typeparamref name="T"/>; Undefined if there is none.</summary>
    public static DataType Of<T>() =>
        typeof(T) == typeof(float) ? DataType.Float32
        : typeof(T) == typeof(byte) ? DataType.UInt8
        : typeof(T) == typeof(sbyte) ? DataType.Int8
        : typeof(T) == typeof(long) ? DataType.Int64
        : typeof(T) == typeof(int) ? DataType.Int32
        : typeof(T) == typeof(bool) ? DataType.Boolean
        : typeof(T) == typeof(Half) ? DataType.Float16
        : typeof(T) == typeof(double) ? DataType.Float64
        : typeof(T) == typeof(short) ? DataType.Int16
        : typeof(T) == typeof(ushort) ? DataType.UInt16
        : typeof(T) == typeof(uint) ? DataType.UInt32
        : typeof(T) == typeof(ulong) ? DataType.UInt64
        : typeof(T) == typeof(string) ? DataType.String
        : DataType.Undefined;
}
