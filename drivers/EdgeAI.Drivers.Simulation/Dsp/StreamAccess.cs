using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeAI.Hal;

namespace EdgeAI.Drivers.Simulation.Dsp;

/// <summary>A tile of an operand: rows × columns elements with strides in elements.</summary>
internal readonly record struct TileWalk(int Rows, int Columns, long RowStride, long ColumnStride);

/// <summary>Loads that widen to float32 and stores that narrow from it: round half to even, saturate, NaN → lowest.</summary>
internal static unsafe class StreamAccess
{
    private interface IElement<T>
        where T : unmanaged
    {
        static abstract float Widen(T value);

        static abstract T Narrow(float value);
    }

    /// <summary>register ← memory.</summary>
    public static void Load(float* register, byte* memory, DataType type, TileWalk walk)
    {
        switch (type)
        {
            case DataType.Float32: Load<float, Single>(register, (float*)memory, walk); break;
            case DataType.UInt8: Load<byte, Unsigned8>(register, memory, walk); break;
            case DataType.Int8: Load<sbyte, Signed8>(register, (sbyte*)memory, walk); break;
            case DataType.UInt16: Load<ushort, Unsigned16>(register, (ushort*)memory, walk); break;
            case DataType.Int16: Load<short, Signed16>(register, (short*)memory, walk); break;
            case DataType.Int32: Load<int, Signed32>(register, (int*)memory, walk); break;
            case DataType.Float16: Load<Half, Half16>(register, (Half*)memory, walk); break;
            case DataType.Boolean: Load<byte, Truth>(register, memory, walk); break;
            default: throw new InvalidOperationException($"{type} cannot be loaded.");
        }
    }

    /// <summary>memory ← register.</summary>
    public static void Store(float* register, byte* memory, DataType type, TileWalk walk)
    {
        switch (type)
        {
            case DataType.Float32: Store<float, Single>(register, (float*)memory, walk); break;
            case DataType.UInt8: Store<byte, Unsigned8>(register, memory, walk); break;
            case DataType.Int8: Store<sbyte, Signed8>(register, (sbyte*)memory, walk); break;
            case DataType.UInt16: Store<ushort, Unsigned16>(register, (ushort*)memory, walk); break;
            case DataType.Int16: Store<short, Signed16>(register, (short*)memory, walk); break;
            case DataType.Int32: Store<int, Signed32>(register, (int*)memory, walk); break;
            case DataType.Float16: Store<Half, Half16>(register, (Half*)memory, walk); break;
            case DataType.Boolean: Store<byte, Truth>(register, memory, walk); break;
            default: throw new InvalidOperationException($"{type} cannot be stored.");
        }
    }

    private static void Load<T, TElement>(float* register, T* memory, TileWalk walk)
        where T : unmanaged
        where TElement : struct, IElement<T>
    {
        if (walk.ColumnStride == 1 && walk.RowStride == walk.Columns)
        {
            LoadRow<T, TElement>(register, memory, walk.Rows * walk.Columns);
            return;
        }

        for (var row = 0; row < walk.Rows; row++)
        {
            if (walk.ColumnStride == 1)
            {
                LoadRow<T, TElement>(register, memory, walk.Columns);
            }
            else
            {
                LoadStrided<T, TElement>(register, memory, walk.Columns, walk.ColumnStride);
            }

            register += walk.Columns;
            memory += walk.RowStride;
        }
    }

    private static void LoadStrided<T, TElement>(float* register, T* memory, int count, long stride)
        where T : unmanaged
        where TElement : struct, IElement<T>
    {
        if (stride == 0)
        {
            new Span<float>(register, count).Fill(TElement.Widen(*memory));
            return;
        }

        for (var i = 0; i < count; i++)
        {
            register[i] = TElement.Widen(*memory);
            memory += stride;
        }
    }

    private static void LoadRow<T, TElement>(float* register, T* memory, int count)
        where T : unmanaged
        where TElement : struct, IElement<T>
    {
        if (typeof(T) == typeof(float))
        {
            Buffer.MemoryCopy(memory, register, count * sizeof(float), count * sizeof(float));
            return;
        }

        var i = 0;
        if (typeof(TElement) == typeof(Unsigned8) || typeof(TElement) == typeof(Signed8))
        {
            for (; i <= count - 16; i += 16)
            {
                Widen(register + i, (byte*)memory + i, typeof(TElement) == typeof(Signed8));
            }
        }

        for (; i < count; i++)
        {
            register[i] = TElement.Widen(memory[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(float* register, byte* memory, bool isSigned)
    {
        var bytes = Vector128.Load(memory);
        var words = isSigned
            ? (Lower: Vector128.WidenLower(bytes.AsSByte()), Upper: Vector128.WidenUpper(bytes.AsSByte()))
            : (Lower: Vector128.WidenLower(bytes).AsInt16(), Upper: Vector128.WidenUpper(bytes).AsInt16());
        Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(words.Lower), Vector128.WidenUpper(words.Lower))).Store(register);
        Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(words.Upper), Vector128.WidenUpper(words.Upper))).Store(register + 8);
    }

    private static void Store<T, TElement>(float* register, T* memory, TileWalk walk)
        where T : unmanaged
        where TElement : struct, IElement<T>
    {
        if (walk.ColumnStride == 1 && walk.RowStride == walk.Columns)
        {
            StoreRow<T, TElement>(register, memory, walk.Rows * walk.Columns);
            return;
        }

        for (var row = 0; row < walk.Rows; row++)
        {
            if (walk.ColumnStride == 1)
            {
                StoreRow<T, TElement>(register, memory, walk.Columns);
            }
            else
            {
                for (var i = 0; i < walk.Columns; i++)
                {
                    memory[i * walk.ColumnStride] = TElement.Narrow(register[i]);
                }
            }

            register += walk.Columns;
            memory += walk.RowStride;
        }
    }

    private static void StoreRow<T, TElement>(float* register, T* memory, int count)
        where T : unmanaged
        where TElement : struct, IElement<T>
    {
        if (typeof(T) == typeof(float))
        {
            Buffer.MemoryCopy(register, memory, count * sizeof(float), count * sizeof(float));
            return;
        }

        var i = 0;
        if (typeof(TElement) == typeof(Unsigned8) || typeof(TElement) == typeof(Signed8))
        {
            for (; i <= count - 16; i += 16)
            {
                Narrow(register + i, (byte*)memory + i, typeof(TElement) == typeof(Signed8));
            }
        }

        for (; i < count; i++)
        {
            memory[i] = TElement.Narrow(register[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Narrow(float* register, byte* memory, bool isSigned)
    {
        var lowest = isSigned ? -128f : 0f;
        var lower = Bounded(register, lowest);
        var upper = Bounded(register + 8, lowest);
        var words = Vector256.Narrow(lower, upper);
        Vector128.Narrow(words.GetLower(), words.GetUpper()).AsByte().Store(memory);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Bounded(float* register, float lowest)
    {
        var (value, low, high) = (Vector256.Load(register), Vector256.Create(lowest), Vector256.Create(lowest + 255f));
        value = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(value, low), value, low); // NaN → lowest
        value = Vector256.ConditionalSelect(Vector256.LessThan(value, high), value, high);
        return Vector256.ConvertToInt32Native(Vector256.Round(value));
    }

    private static float Bounded(float value, float lowest, float highest)
    {
        var rounded = MathF.Round(value, MidpointRounding.ToEven);
        return rounded >= highest ? highest : rounded >= lowest ? rounded : lowest;
    }

    private readonly struct Single : IElement<float>
    {
        public static float Widen(float value) => value;

        public static float Narrow(float value) => value;
    }

    private readonly struct Unsigned8 : IElement<byte>
    {
        public static float Widen(byte value) => value;

        public static byte Narrow(float value) => (byte)Bounded(value, byte.MinValue, byte.MaxValue);
    }

    private readonly struct Signed8 : IElement<sbyte>
    {
        public static float Widen(sbyte value) => value;

        public static sbyte Narrow(float value) => (sbyte)Bounded(value, sbyte.MinValue, sbyte.MaxValue);
    }

    private readonly struct Unsigned16 : IElement<ushort>
    {
        public static float Widen(ushort value) => value;

        public static ushort Narrow(float value) => (ushort)Bounded(value, ushort.MinValue, ushort.MaxValue);
    }

    private readonly struct Signed16 : IElement<short>
    {
        public static float Widen(short value) => value;

        public static short Narrow(float value) => (short)Bounded(value, short.MinValue, short.MaxValue);
    }

    private readonly struct Signed32 : IElement<int>
    {
        public static float Widen(int value) => value;

        public static int Narrow(float value) => value >= 2147483648f ? int.MaxValue : (int)Bounded(value, int.MinValue, 2147483520f);
    }

    private readonly struct Half16 : IElement<Half>
    {
        public static float Widen(Half value) => (float)value;

        public static Half Narrow(float value) => (Half)value;
    }

    private readonly struct Truth : IElement<byte>
    {
        public static float Widen(byte value) => value != 0 ? 1f : 0f;

        public static byte Narrow(float value) => value != 0f ? (byte)1 : (byte)0;
    }
}
