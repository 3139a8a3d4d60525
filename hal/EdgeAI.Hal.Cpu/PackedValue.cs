using System.Buffers.Binary;
using System.Collections.Immutable;

namespace EdgeAI.Hal.Cpu;

/// <summary>
/// How a sequence or a map lies in a buffer when it is fed: a kind, then for a tensor its element type, rank, extents, byte count
/// and bytes (texts as <see cref="PackedText"/>), for a sequence its count and items, for a map its keys and values. All numbers
/// are 64-bit little-endian.
/// </summary>
public static class PackedValue
{
    private const int Tensor = 1;
    private const int Sequence = 2;
    private const int Map = 3;
    private const int MaximumDepth = 16;

    /// <summary>Packs a value.</summary>
    public static byte[] Encode(OnnxValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var bytes = new List<byte>();
        Write(bytes, value);
        return [.. bytes];
    }

    /// <summary>Unpacks a value.</summary>
    /// <exception cref="TensorMismatchException">The bytes are no packed value.</exception>
    public static OnnxValue Decode(ReadOnlySpan<byte> packed)
    {
        var value = Read(ref packed, MaximumDepth);
        return packed.IsEmpty ? value : throw new TensorMismatchException($"A packed value is followed by {packed.Length} bytes; expected none.");
    }

    private static void Write(List<byte> bytes, OnnxValue value)
    {
        switch (value)
        {
            case OnnxValue.Tensor tensor:
                WriteTensor(bytes, tensor.Type, tensor.Shape, tensor.Data.AsSpan());
                break;
            case OnnxValue.Texts texts:
                WriteTensor(bytes, DataType.String, texts.Shape, PackedText.Encode(texts.Items.AsSpan()));
                break;
            case OnnxValue.Sequence sequence:
                WriteNumbers(bytes, Sequence, sequence.Items.Length);
                foreach (var item in sequence.Items)
                    Write(bytes, item);
                break;
            case OnnxValue.Map map:
                WriteNumbers(bytes, Map);
                Write(bytes, map.Keys);
                Write(bytes, map.Values);
                break;
            case OnnxValue.Absent:
                throw new TensorMismatchException("An optional that is not there cannot be fed; expected a tensor, a sequence or a map.");
        }
    }

    private static void WriteTensor(List<byte> bytes, DataType type, Shape shape, ReadOnlySpan<byte> data)
    {
        WriteNumbers(bytes, [Tensor, (long)type, shape.Rank, .. shape.ToArray(), data.Length]);
        bytes.AddRange(data);
    }

    private static void WriteNumbers(List<byte> bytes, params ReadOnlySpan<long> numbers)
    {
        Span<byte> eight = stackalloc byte[sizeof(long)];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteInt64LittleEndian(eight, number);
            bytes.AddRange(eight);
        }
    }

    private static OnnxValue Read(ref ReadOnlySpan<byte> packed, int depth) => (depth > 0 ? Number(ref packed) : 0) switch
    {
        Tensor => ReadTensor(ref packed),
        Sequence => ReadSequence(ref packed, depth),
        Map => new OnnxValue.Map(Read(ref packed, depth - 1), Read(ref packed, depth - 1)),
        var kind => throw new TensorMismatchException($"A packed value begins with kind {kind}; expected {Tensor}, {Sequence} or {Map}, nested at most {MaximumDepth} deep."),
    };

    private static OnnxValue.Sequence ReadSequence(ref ReadOnlySpan<byte> packed, int depth)
    {
        var items = ImmutableArray.CreateBuilder<OnnxValue>();
        for (var count = Number(ref packed); count > 0; count--)
            items.Add(Read(ref packed, depth - 1));
        return new(items.ToImmutable());
    }

    private static OnnxValue ReadTensor(ref ReadOnlySpan<byte> packed)
    {
        var number = Number(ref packed);
        var type = number is >= 0 and <= byte.MaxValue ? (DataType)number : DataType.Undefined;
        var extents = new long[Count(ref packed, sizeof(long))];
        for (var i = 0; i < extents.Length; i++)
            extents[i] = Number(ref packed);
        var shape = Extents(extents);
        var length = Count(ref packed, 1);
        var data = packed[..length];
        packed = packed[length..];
        if (type == DataType.String)
            return new OnnxValue.Texts(shape, [.. PackedText.Decode(data, (int)Math.Min(shape.ElementCount, length + 1L))]);
        return Enum.IsDefined(type) && type.IsFixedSize() && (Int128)shape.ElementCount * type.BitCount() <= (Int128)length * 8 && type.ByteCount(shape.ElementCount) == length ? new OnnxValue.Tensor(type, shape, [.. data])
            : throw new TensorMismatchException($"A packed tensor {type}{shape} comes with {length} bytes.");
    }

    private static Shape Extents(long[] extents)
    {
        try
        {
            var shape = new Shape(extents);
            _ = shape.ElementCount;
            return shape;
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw new TensorMismatchException($"A packed tensor has extents [{string.Join(',', extents)}]; expected a shape.");
        }
    }

    /// <summary>A count of things of that size, which must lie in what is left.</summary>
    private static int Count(ref ReadOnlySpan<byte> packed, int size)
    {
        var count = Number(ref packed);
        return count >= 0 && count <= packed.Length / size ? (int)count
            : throw new TensorMismatchException($"A packed value names {count} items of {size} bytes; {packed.Length} bytes are left.");
    }

    private static long Number(ref ReadOnlySpan<byte> packed)
    {
        if (packed.Length < sizeof(long))
            throw new TensorMismatchException($"A packed value is cut off: {packed.Length} bytes are left; expected {sizeof(long)}.");
        var number = BinaryPrimitives.ReadInt64LittleEndian(packed);
        packed = packed[sizeof(long)..];
        return number;
    }
}
