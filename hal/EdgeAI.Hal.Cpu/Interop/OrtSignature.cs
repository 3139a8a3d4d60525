using System.Collections.Immutable;

namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>An input or output of a session: a tensor, or a value of another sort (then its spec has no type).</summary>
internal readonly record struct OrtPort(TensorSpec Spec, OnnxType Kind);

/// <summary>Reads names, types and shapes of a session's inputs and outputs.</summary>
internal static unsafe class OrtSignature
{
    public static ImmutableArray<OrtPort> Inputs(OnnxRuntimeLibrary library, nint session) =>
        Ports(library, session, OrtSlot.SessionGetInputCount, OrtSlot.SessionGetInputName, OrtSlot.SessionGetInputTypeInfo);

    public static ImmutableArray<OrtPort> Outputs(OnnxRuntimeLibrary library, nint session) =>
        Ports(library, session, OrtSlot.SessionGetOutputCount, OrtSlot.SessionGetOutputName, OrtSlot.SessionGetOutputTypeInfo);

    /// <summary>The type of an input; also in a session that is still being edited.</summary>
    public static TypeInfoHandle InputType(OnnxRuntimeLibrary library, nint session, int index) =>
        TypeInfo(library, session, OrtSlot.SessionGetInputTypeInfo, index);

    private static ImmutableArray<OrtPort> Ports(OnnxRuntimeLibrary library, nint session, int countSlot, int nameSlot, int typeSlot)
    {
        nuint count;
        library.Check(library.Api.SessionGetCount(countSlot, session, &count));
        var ports = ImmutableArray.CreateBuilder<OrtPort>((int)count);
        for (var i = 0; i < (int)count; i++)
        {
            using var type = TypeInfo(library, session, typeSlot, i);
            ports.Add(Port(library, Name(library, session, nameSlot, i), type));
        }

        return ports.MoveToImmutable();
    }

    private static TypeInfoHandle TypeInfo(OnnxRuntimeLibrary library, nint session, int typeSlot, int index)
    {
        nint info;
        library.Check(library.Api.SessionGetTypeInfo(typeSlot, session, (nuint)index, &info));
        return new TypeInfoHandle(library.Api, info);
    }

    private static string Name(OnnxRuntimeLibrary library, nint session, int nameSlot, int index)
    {
        byte* text;
        library.Check(library.Api.SessionGetName(nameSlot, session, (nuint)index, library.Allocator, &text));
        var name = NativeText.Read(text);
        library.Check(library.Api.AllocatorFree(library.Allocator, text));
        return name;
    }

    private static OrtPort Port(OnnxRuntimeLibrary library, string name, TypeInfoHandle type)
    {
        OnnxType kind;
        library.Check(library.Api.GetOnnxTypeFromTypeInfo(type.Item, &kind));
        if (kind != OnnxType.Tensor)
            return new OrtPort(new TensorSpec(name, DataType.Undefined, Shape.Unknown), kind);
        nint tensor;
        library.Check(library.Api.CastTypeInfoToTensorInfo(type.Item, &tensor));
        int element;
        library.Check(library.Api.GetTensorElementType(tensor, &element));
        return new OrtPort(new TensorSpec(name, OrtElementType.ToDataType(element), ReadShape(library, tensor)), kind);
    }

    private static Shape ReadShape(OnnxRuntimeLibrary library, nint tensor)
    {
        if (library.Api.HasShape(tensor) == 0)
            return Shape.Unknown;
        nuint rank;
        library.Check(library.Api.GetDimensionsCount(tensor, &rank));
        var extents = new long[rank];
        var symbols = new nint[rank];
        fixed (long* extent = extents)
        fixed (nint* symbol = symbols)
        {
            library.Check(library.Api.GetDimensions(tensor, extent, rank));
            library.Check(library.Api.GetSymbolicDimensions(tensor, (byte**)symbol, rank));
        }

        return new Shape([.. extents.Zip(symbols, (extent, symbol) =>
            extent >= 0 ? Dimension.Of(extent) : Dimension.Named(NativeText.Read((byte*)symbol)))]);
    }
}
