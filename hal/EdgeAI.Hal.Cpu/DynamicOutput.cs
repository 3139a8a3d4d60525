using EdgeAI.Hal.Cpu.Interop;

namespace EdgeAI.Hal.Cpu;

/// <summary>
/// An output that ONNX Runtime allocates during the run, because its shape or its size is known only then. When a view is
/// bound, what was found is copied there after the run.
/// </summary>
internal sealed unsafe class DynamicOutput(CpuExecutable executable, OrtRunBinding binding, int index, BufferView target)
    : IDisposable
{
    private readonly ForeignBuffer _memory = new(executable.Device);
    private TensorSpec _spec = executable.Signature.Outputs[index];
    private HostBuffer? _text;
    private bool _textIsRead;

    private OnnxRuntimeLibrary Library => executable.Session.Library;

    private nint Value => binding.Output(index);

    /// <summary>Type and shape as the last run made them.</summary>
    public TensorSpec Spec
    {
        get
        {
            if (Value != 0 && executable.OutputKind(index) == OnnxType.Tensor)
                Refresh(OrtTensor.Extents(Library, Value, out var type), type);
            return _spec;
        }
    }

    /// <summary>Releases what the last run left.</summary>
    public void Clear()
    {
        _memory.Hide();
        _textIsRead = false;
        binding.ClearOutput(index);
    }

    /// <summary>Copies what the run made to the bound view, if there is one.</summary>
    /// <exception cref="TensorMismatchException">The view is too small.</exception>
    public void Deliver()
    {
        if (target.Buffer is null)
            return;
        var byteCount = ByteCount();
        if (byteCount > target.ByteCount)
            throw new TensorMismatchException($"Output {Spec} takes {byteCount} bytes; the view bound to it has {target.ByteCount}.");
        var destination = (byte*)target.HostAddress;
        if (_spec.Type == DataType.String)
            OrtValueReader.Pack(Library, Value, new Span<byte>(destination, checked((int)byteCount)));
        else
            Buffer.MemoryCopy(OrtTensor.Data(Library, Value), destination, target.ByteCount, byteCount);
    }

    /// <summary>Where the output lies.</summary>
    /// <exception cref="InvalidOperationException">Nothing has run yet.</exception>
    /// <exception cref="TensorMismatchException">It is not a tensor.</exception>
    public BufferView View()
    {
        if (Value == 0)
            throw new InvalidOperationException($"Output '{_spec.Name}' is allocated by a run, and none has ended well yet.");
        var byteCount = ByteCount();
        if (target.Buffer is not null)
            return new BufferView(target.Buffer, target.Offset, byteCount);
        if (_spec.Type == DataType.String)
            return new BufferView(Text(byteCount), 0, byteCount);
        _memory.Show((nint)OrtTensor.Data(Library, Value), byteCount);
        return new BufferView(_memory);
    }

    /// <summary>The value whatever its sort.</summary>
    public OnnxValue Read() =>
        Value != 0 ? OrtValueReader.Read(Library, Value)
        : throw new InvalidOperationException($"Output '{_spec.Name}' is allocated by a run, and none has ended well yet.");

    public void Dispose()
    {
        _memory.Dispose();
        _text?.Dispose();
    }

    private long ByteCount()
    {
        var kind = executable.OutputKind(index);
        if (kind != OnnxType.Tensor)
            throw new TensorMismatchException($"Output '{_spec.Name}' is a {kind}, not a tensor: read it by {nameof(CpuRun)}.{nameof(CpuRun.ReadOutput)}.");
        var spec = Spec;
        return spec.Type == DataType.String ? OrtValueReader.PackedByteCount(Library, Value) : spec.ByteCount;
    }

    private HostBuffer Text(long byteCount)
    {
        if (_text is null || _text.ByteCount < byteCount)
        {
            _text?.Dispose();
            _text = new HostBuffer(executable.Device, byteCount);
            _textIsRead = false;
        }

        if (!_textIsRead)
            OrtValueReader.Pack(Library, Value, new Span<byte>((void*)_text.HostAddress, checked((int)byteCount)));
        _textIsRead = true;
        return _text;
    }

    private void Refresh(ReadOnlySpan<long> extents, DataType type)
    {
        var shape = _spec.Shape;
        var same = _spec.Type == type && shape.IsStatic && shape.Rank == extents.Length;
        for (var i = 0; same && i < extents.Length; i++)
            same = shape[i].Value == extents[i];
        if (!same)
            _spec = _spec with { Type = type, Shape = new Shape(extents) };
    }
}
