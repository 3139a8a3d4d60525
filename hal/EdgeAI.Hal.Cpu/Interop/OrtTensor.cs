namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>Makes and reads tensors of ONNX Runtime.</summary>
internal static unsafe class OrtTensor
{
    /// <summary>A tensor over memory that the caller owns and keeps.</summary>
    public static ValueHandle Over(OnnxRuntimeLibrary library, void* data, long length, DataType type, ReadOnlySpan<long> extents)
    {
        fixed (long* extent = extents)
        {
            nint value;
            library.Check(library.Api.CreateTensorWithDataAsOrtValue(
                library.HostMemory, data, (nuint)length, extent, (nuint)extents.Length, OrtElementType.FromDataType(type), &value));
            return new ValueHandle(library.Api, value);
        }
    }

    /// <summary>A tensor in memory of ONNX Runtime; the only way for strings.</summary>
    public static ValueHandle Allocate(OnnxRuntimeLibrary library, DataType type, ReadOnlySpan<long> extents)
    {
        fixed (long* extent = extents)
        {
            nint value;
            library.Check(library.Api.CreateTensorAsOrtValue(
                library.Allocator, extent, (nuint)extents.Length, OrtElementType.FromDataType(type), &value));
            return new ValueHandle(library.Api, value);
        }
    }

    /// <summary>First byte of a tensor (not of strings).</summary>
    public static void* Data(OnnxRuntimeLibrary library, nint value)
    {
        void* data;
        library.Check(library.Api.GetTensorMutableData(value, &data));
        return data;
    }

    /// <summary>Element type and extents; the extents lie in the tensor itself.</summary>
    public static ReadOnlySpan<long> Extents(OnnxRuntimeLibrary library, nint value, out DataType type)
    {
        int element;
        long* extents;
        nuint rank;
        library.Check(library.Api.GetTensorElementTypeAndShape(value, &element, &extents, &rank));
        type = OrtElementType.ToDataType(element);
        return new ReadOnlySpan<long>(extents, (int)rank);
    }

    /// <summary>Number of elements of those extents.</summary>
    public static long Count(ReadOnlySpan<long> extents)
    {
        var count = 1L;
        foreach (var extent in extents)
            count = checked(count * extent);
        return count;
    }

    /// <summary>False for an optional that is not there: ONNX Runtime ends with the process when asked for its sort or its parts.</summary>
    public static bool IsThere(OnnxRuntimeLibrary library, nint value)
    {
        int isThere;
        library.Check(library.Api.HasValue(value, &isThere));
        return isThere != 0;
    }

    /// <summary>Sort of a value that is there.</summary>
    public static OnnxType Kind(OnnxRuntimeLibrary library, nint value)
    {
        OnnxType kind;
        library.Check(library.Api.GetValueType(value, &kind));
        return kind;
    }

    /// <summary>Parts of a sequence, or keys (0) and values (1) of a map.</summary>
    public static int PartCount(OnnxRuntimeLibrary library, nint value)
    {
        nuint count;
        library.Check(library.Api.GetValueCount(value, &count));
        return (int)count;
    }

    /// <summary>One part of a sequence or map.</summary>
    public static ValueHandle Part(OnnxRuntimeLibrary library, nint value, int index)
    {
        nint item;
        library.Check(library.Api.GetValue(value, index, library.Allocator, &item));
        return new ValueHandle(library.Api, item);
    }
}
