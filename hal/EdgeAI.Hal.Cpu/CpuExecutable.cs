using System.Collections.Immutable;
using EdgeAI.Hal.Cpu.Interop;

namespace EdgeAI.Hal.Cpu;

/// <summary>A model that ONNX Runtime has loaded. Runs prepared from it may run at the same time.</summary>
public sealed unsafe class CpuExecutable : LoadedExecutable
{
    private readonly ChildSet _runs = new();
    private readonly ImmutableArray<NativeText> _inputNames;
    private readonly ImmutableArray<NativeText> _outputNames;
    private readonly ImmutableArray<OrtPort> _outputs;
    private int _isDisposed;

    internal CpuExecutable(CpuDevice device, Executable executable, OrtSession session)
    {
        (Device, Session) = (device, session);
        try
        {
            Signature = SignatureMatch.Check(executable.Signature, session);
        }
        catch
        {
            session.Dispose();
            throw;
        }

        _inputNames = [.. Signature.Inputs.Select(input => new NativeText(input.Name))];
        _outputNames = [.. Signature.Outputs.Select(output => new NativeText(output.Name))];
        _outputs = [.. Signature.Outputs.Select(output => session.Outputs.First(port => port.Spec.Name == output.Name))];
    }

    /// <inheritdoc/>
    public override CpuDevice Device { get; }

    /// <inheritdoc/>
    public override ExecutableSignature Signature { get; }

    internal OrtSession Session { get; }

    /// <summary>
    /// Binds buffers. Shapes of inputs that the signature leaves open follow from the buffers' sizes where each input has at
    /// most one open extent that no other input names; tensors of strings are bound as <see cref="PackedText"/>, sequences and maps
    /// as <see cref="PackedValue"/>.
    /// </summary>
    /// <exception cref="TensorMismatchException">A count, size or shape does not fit, or a buffer is not in host memory.</exception>
    public override CpuRun Prepare(ReadOnlySpan<BufferView> inputs, ReadOnlySpan<BufferView> outputs)
    {
        CheckViews(inputs, outputs);
        return Bind(inputs, InputShapes.Resolve(Signature.Inputs.AsSpan(), inputs), outputs);
    }

    /// <summary>The same with the inputs' shapes given.</summary>
    /// <exception cref="TensorMismatchException">A count, size or shape does not fit, or a buffer is not in host memory.</exception>
    public CpuRun Prepare(ReadOnlySpan<BufferView> inputs, ReadOnlySpan<Shape> inputShapes, ReadOnlySpan<BufferView> outputs)
    {
        CheckViews(inputs, outputs);
        if (inputShapes.Length != inputs.Length)
            throw new TensorMismatchException($"{inputs.Length} inputs come with {inputShapes.Length} shapes.");
        for (var i = 0; i < inputShapes.Length; i++)
        {
            var spec = Signature.Inputs[i];
            if (spec.Type == DataType.Undefined)
                continue;
            if (!inputShapes[i].IsStatic || !inputShapes[i].IsCompatibleWith(spec.Shape))
                throw new TensorMismatchException($"Input '{spec.Name}' is {spec.Type}{spec.Shape}; the shape given is {inputShapes[i]}.");
        }

        return Bind(inputs, inputShapes.ToArray(), outputs);
    }

    internal OnnxType OutputKind(int index) => _outputs[index].Kind;

    /// <summary>True where ONNX Runtime's own inference contradicts the signature's shape, so that only a run says who is right.</summary>
    internal bool IsDisputed(int index) => !_outputs[index].Spec.Shape.IsCompatibleWith(Signature.Outputs[index].Shape);

    internal nint[] InputNamePointers() => [.. _inputNames.Select(name => (nint)name.Pointer)];

    internal nint[] OutputNamePointers() => [.. _outputNames.Select(name => (nint)name.Pointer)];

    /// <summary>Ends what runs, disposes the prepared runs and unloads the model.</summary>
    protected override void Dispose(bool disposing)
    {
        if (!disposing || Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        _runs.Close();
        Session.Dispose();
        foreach (var name in _inputNames.Concat(_outputNames))
            name.Dispose();
    }

    private CpuRun Bind(ReadOnlySpan<BufferView> inputs, Shape[] shapes, ReadOnlySpan<BufferView> outputs)
    {
        try
        {
            return _runs.Add(new CpuRun(this, inputs, shapes, outputs), this);
        }
        catch (OrtException error)
        {
            throw new TensorMismatchException($"Device 'cpu': ONNX Runtime refuses a buffer ({error.Code}): {error.Message}");
        }
    }

    private void CheckViews(ReadOnlySpan<BufferView> inputs, ReadOnlySpan<BufferView> outputs)
    {
        ObjectDisposedException.ThrowIf(_runs.IsClosed, this);
        if (inputs.Length != Signature.Inputs.Length || outputs.Length != Signature.Outputs.Length)
        {
            throw new TensorMismatchException(
                $"{inputs.Length} inputs and {outputs.Length} outputs are bound; expected {Signature.Inputs.Length} "
                + $"({string.Join(", ", Signature.Inputs)}) and {Signature.Outputs.Length} ({string.Join(", ", Signature.Outputs)}).");
        }

        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Buffer is null)
                throw new TensorMismatchException($"Input {Signature.Inputs[i]} has no buffer.");
        }
    }
}
