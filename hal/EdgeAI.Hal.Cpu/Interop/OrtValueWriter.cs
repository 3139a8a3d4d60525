namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>Makes values of ONNX Runtime from copies.</summary>
internal static unsafe class OrtValueWriter
{
    /// <exception cref="TensorMismatchException">An empty sequence, which ONNX Runtime's interface cannot make.</exception>
    public static ValueHandle Make(OnnxRuntimeLibrary library, OnnxValue value) => value switch
    {
        OnnxValue.Tensor tensor => Tensor(library, tensor),
        OnnxValue.Texts texts => Texts(library, texts),
        OnnxValue.Sequence { Items.IsEmpty: true } => throw new TensorMismatchException("An empty sequence cannot be fed: ONNX Runtime's interface makes none. Expected at least one item."),
        OnnxValue.Sequence sequence => Combine(library, OnnxType.Sequence, [.. sequence.Items]),
        OnnxValue.Map map => Combine(library, OnnxType.Map, [map.Keys, map.Values]),
        _ => throw new TensorMismatchException($"A {value.GetType().Name} cannot be fed."),
    };

    private static ValueHandle Tensor(OnnxRuntimeLibrary library, OnnxValue.Tensor tensor)
    {
        var handle = OrtTensor.Allocate(library, tensor.Type, tensor.Shape.ToArray());
        tensor.Data.AsSpan().CopyTo(new Span<byte>(OrtTensor.Data(library, handle.Item), tensor.Data.Length));
        return handle;
    }

    private static ValueHandle Texts(OnnxRuntimeLibrary library, OnnxValue.Texts texts)
    {
        var handle = OrtTensor.Allocate(library, DataType.String, texts.Shape.ToArray());
        OrtValueReader.Unpack(library, handle.Item, texts.Items.Length, PackedText.Encode(texts.Items.AsSpan()));
        return handle;
    }

    /// <summary>A sequence or map; ONNX Runtime shares the parts, whose handles are released here.</summary>
    private static ValueHandle Combine(OnnxRuntimeLibrary library, OnnxType kind, OnnxValue[] values)
    {
        var parts = new List<ValueHandle>();
        try
        {
            foreach (var value in values)
                parts.Add(Make(library, value));
            fixed (nint* items = parts.Select(part => part.Item).ToArray())
            {
                nint result;
                library.Check(library.Api.CreateValue(items, (nuint)parts.Count, kind, &result));
                return new ValueHandle(library.Api, result);
            }
        }
        finally
        {
            parts.ForEach(part => part.Dispose());
        }
    }
}
