
namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>Copies values out of ONNX Runtime.</summary>
internal static unsafe class OrtValueReader
{
    /// <exception cref="TensorMismatchException">The value is of a sort that cannot be read.</exception>
    public static OnnxValue Read(OnnxRuntimeLibrary library, nint value) =>
        OrtTensor.IsThere(library, value) ? ReadPresent(library, value) : new OnnxValue.Absent();

    /// <summary>Bytes that a tensor's strings take as packed text.</summary>
    public static long PackedByteCount(OnnxRuntimeLibrary library, nint value)
    {
        nuint length;
        library.Check(library.Api.GetStringTensorDataLength(value, &length));
        return PackedText.OffsetBytes(OrtTensor.Count(OrtTensor.Extents(library, value, out _))) + (long)length;
    }

    /// <summary>Writes a tensor's strings as packed text into as many bytes as <see cref="PackedByteCount"/> says.</summary>
    public static void Pack(OnnxRuntimeLibrary library, nint value, Span<byte> packed)
    {
        var count = OrtTensor.Count(OrtTensor.Extents(library, value, out _));
        var head = PackedText.OffsetBytes(count);
        var starts = new nuint[count];
        fixed (byte* content = packed[head..])
        fixed (nuint* start = starts)
            library.Check(library.Api.GetStringTensorContent(value, content, (nuint)(packed.Length - head), start, (nuint)count));
        for (var i = 0; i <= count; i++)
            BitConverter.TryWriteBytes(packed[(i * sizeof(int))..], i < count ? checked((int)starts[i]) : packed.Length - head);
    }

    /// <summary>Fills a tensor of strings from packed text.</summary>
    /// <exception cref="TensorMismatchException">The text does not fit.</exception>
    public static void Unpack(OnnxRuntimeLibrary library, nint value, long count, ReadOnlySpan<byte> packed)
    {
        for (var i = 0; i < count; i++)
        {
            var text = PackedText.Element(packed, count, i);
            byte* buffer;
            library.Check(library.Api.GetResizedStringTensorElementBuffer(value, (nuint)i, (nuint)text.Length, &buffer));
            text.CopyTo(new Span<byte>(buffer, text.Length));
        }
    }

    private static OnnxValue ReadPresent(OnnxRuntimeLibrary library, nint value) => OrtTensor.Kind(library, value) switch
    {
        OnnxType.Tensor => ReadTensor(library, value),
        OnnxType.Sequence => new OnnxValue.Sequence([.. Parts(library, value)]),
        OnnxType.Map => ReadMap([.. Parts(library, value)]),
        var kind => throw new TensorMismatchException($"A value of sort {kind} cannot be read; tensors, sequences and maps can."),
    };

    private static OnnxValue ReadTensor(OnnxRuntimeLibrary library, nint value)
    {
        var extents = OrtTensor.Extents(library, value, out var type);
        var count = OrtTensor.Count(extents);
        if (type == DataType.String)
        {
            var packed = new byte[PackedByteCount(library, value)];
            Pack(library, value, packed);
            return new OnnxValue.Texts(new Shape(extents), [.. PackedText.Decode(packed, checked((int)count))]);
        }

        var data = new ReadOnlySpan<byte>(OrtTensor.Data(library, value), checked((int)type.ByteCount(count)));
        return new OnnxValue.Tensor(type, new Shape(extents), [.. data]);
    }

    private static OnnxValue.Map ReadMap(List<OnnxValue> parts) => new(parts[0], parts[1]);

    private static List<OnnxValue> Parts(OnnxRuntimeLibrary library, nint value)
    {
        var parts = new List<OnnxValue>();
        var count = OrtTensor.PartCount(library, value);
        for (var i = 0; i < count; i++)
        {
            using var part = OrtTensor.Part(library, value, i);
            parts.Add(Read(library, part.Item));
        }

        return parts;
    }
}
