using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using EdgeAI.Hal;

namespace EdgeAI.Numpy;

/// <summary>Reads one array in NumPy's .npy form from a stream: little-endian numbers in C order.</summary>
internal sealed partial class NpyReader
{
    private const int MaximumHeaderBytes = 1 << 16;

    /// <summary>How much is taken at first where only an archive's word says that so much comes.</summary>
    private const int FirstChunk = 1 << 20;

    /// <summary>Slices of no bytes cost time though no file pays for them.</summary>
    private const int MaximumEmptySlices = 1 << 16;

    private readonly Stream _stream;
    private readonly string _name;
    private readonly bool _isSure;
    private long _left;

    /// <param name="stream">Stands at the array's first byte.</param>
    /// <param name="name">Stands for the file in messages.</param>
    /// <param name="byteCount">What an archive says of the array's bytes, header included; null: what is left of the stream, which can seek.</param>
    /// <exception cref="TensorMismatchException">It is no such array.</exception>
    public NpyReader(Stream stream, string name, long? byteCount = null)
    {
        (_stream, _name, _isSure) = (stream, name, byteCount is null && stream.CanSeek);
        _left = byteCount ?? (stream.CanSeek ? stream.Length - stream.Position : long.MaxValue);
        var header = ReadHeader();
        (Type, Shape) = (ElementType(header), ReadShape(header));
    }

    public DataType Type { get; }

    public Shape Shape { get; }

    /// <summary>The whole array, after which nothing comes.</summary>
    public EdgeTensor Read()
    {
        var tensor = Read(Shape);
        Span<byte> next = stackalloc byte[1];
        return Fill(next) == 0 ? tensor : throw Fault($"a tensor {tensor} has {tensor.Bytes.Length} bytes; found more");
    }

    /// <summary>The array along its first axis, one slice (of one rank less) at a time.</summary>
    public IEnumerable<EdgeTensor> ReadSlices()
    {
        if (Shape.Rank == 0)
        {
            throw Fault($"a scalar has no slices; expected an array whose first axis counts samples");
        }

        var slice = new Shape([.. Shape.Dimensions.Skip(1)]);
        if (slice.ElementCount == 0 && Shape[0].Value > MaximumEmptySlices)
        {
            throw Fault($"shape {Shape} has {Shape[0]} empty slices; expected at most {MaximumEmptySlices}");
        }

        for (var i = 0L; i < Shape[0].Value; i++)
        {
            yield return Read(slice);
        }
    }

    private EdgeTensor Read(Shape shape)
    {
        var count = Type.ByteCount(shape.ElementCount);
        if (count > Array.MaxLength)
        {
            throw Fault($"a tensor {Type}{shape} has {count} bytes; at most {Array.MaxLength} are read at once");
        }

        return count <= _left ? EdgeTensor.FromBytes(Type, shape, Read(shape, (int)count)) : throw Truncated(shape, count, _left);
    }

    /// <summary>Memory grows with what is there, not with what is said to be there.</summary>
    private byte[] Read(Shape shape, int count)
    {
        var bytes = new byte[_isSure ? count : Math.Min(count, FirstChunk)];
        for (var found = 0; ;)
        {
            found += Fill(bytes.AsSpan(found));
            if (found < bytes.Length)
            {
                throw Truncated(shape, count, found);
            }

            if (found == count)
            {
                return bytes;
            }

            Array.Resize(ref bytes, (int)Math.Min(count, 2L * found));
        }
    }

    private TensorMismatchException Truncated(Shape shape, long expected, long found) =>
        Fault($"a tensor {Type}{shape} has {expected} bytes; found {found}: truncated");

    private string ReadHeader()
    {
        Span<byte> start = stackalloc byte[12];
        if (Fill(start[..10]) < 10 || start[0] != 0x93 || !start[1..].StartsWith("NUMPY"u8))
        {
            throw Fault("not a .npy array");
        }

        var isLong = start[6] != 1;
        if (isLong)
        {
            Fill(start[10..]);
        }

        var length = isLong ? BinaryPrimitives.ReadInt32LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);
        if (length is < 0 or > MaximumHeaderBytes)
        {
            throw Fault($"header of {length} bytes; expected at most {MaximumHeaderBytes}");
        }

        var header = new byte[length];
        return Fill(header) < length ? throw Fault($"header of {length} bytes: truncated") : Encoding.ASCII.GetString(header);
    }

    /// <returns>Bytes that were there.</returns>
    private int Fill(Span<byte> bytes)
    {
        try
        {
            var found = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            _left -= found;
            return found;
        }
        catch (InvalidDataException error)
        {
            throw Fault($"cannot be unpacked: {error.Message}");
        }
    }

    private Shape ReadShape(string header)
    {
        var text = Extents().Match(header).Groups[1];
        var extents = new List<long>();
        var count = (Int128)1;
        foreach (var part in text.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var extent) || (count *= Math.Max(extent, 1)) > int.MaxValue)
            {
                throw Fault($"shape ({text.Value}); expected extents such as (1, 3), of at most 2^31 elements");
            }

            extents.Add(extent);
        }

        return text.Success ? new Shape([.. extents]) : throw Fault("its header has no shape");
    }

    private DataType ElementType(string header) =>
        header.Contains("'fortran_order': True", StringComparison.Ordinal) ? throw Fault("Fortran order; expected C order")
        : Descriptor().Match(header).Groups[1].Value switch
        {
            "<f4" => DataType.Float32,
            "<f8" => DataType.Float64,
            "<f2" => DataType.Float16,
            "<i8" => DataType.Int64,
            "<i4" => DataType.Int32,
            "<i2" => DataType.Int16,
            "|i1" => DataType.Int8,
            "|u1" => DataType.UInt8,
            "|b1" => DataType.Boolean,
            var other => throw Fault($"element type '{other}' is not read"),
        };

    private TensorMismatchException Fault(string problem) => new($"{_name}: {problem}.");

    [GeneratedRegex(@"'shape':\s*\(([^)\n]*)\)")]
    private static partial Regex Extents();

    [GeneratedRegex(@"'descr':\s*'([^']*)'")]
    private static partial Regex Descriptor();
}
