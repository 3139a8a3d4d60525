using System.Diagnostics.CodeAnalysis;
using EdgeAI.Hal.Cpu.Interop;

namespace EdgeAI.Hal.Cpu;

/// <summary>The tensors of a prepared run: values over the buffers that are bound, buffers that it allocated itself, and what each run allocates anew.</summary>
internal sealed unsafe class BoundTensors : IDisposable
{
    private readonly CpuExecutable _executable;
    private readonly OnnxRuntimeLibrary _library;
    private readonly OrtRunBinding _binding;
    private readonly List<DeviceBuffer> _held = [];
    private readonly List<HostBuffer> _own = [];
    private readonly List<TextInput> _texts = [];
    private readonly List<(int Index, BufferView View)> _structures = [];
    private readonly List<DynamicOutput> _dynamic = [];
    private readonly DynamicOutput?[] _dynamicAt;
    private readonly BufferView[] _fixed;
    private readonly DeviceBuffer[] _buffers = [];
    private readonly nint[] _addresses = [];

    public BoundTensors(CpuExecutable executable, ReadOnlySpan<BufferView> inputs, ReadOnlySpan<Shape> shapes, ReadOnlySpan<BufferView> outputs)
    {
        (_executable, _library) = (executable, executable.Session.Library);
        _binding = new OrtRunBinding(_library, executable.InputNamePointers(), executable.OutputNamePointers());
        (_dynamicAt, _fixed) = (new DynamicOutput?[outputs.Length], new BufferView[outputs.Length]);
        try
        {
            for (var i = 0; i < inputs.Length; i++)
                BindInput(i, inputs[i], shapes[i]);
            for (var i = 0; i < outputs.Length; i++)
                BindOutput(i, outputs[i]);
            _buffers = [.. _held];
            _addresses = [.. _held.Select(buffer => buffer.HostAddress)];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>One run. The only work beside the native call is to see that the buffers are still there and to drop what the last run allocated.</summary>
    /// <exception cref="ObjectDisposedException">A buffer was disposed.</exception>
    public OrtException? Run(nint session)
    {
        var (buffers, addresses) = (_buffers, _addresses);
        for (var i = 0; i < buffers.Length && i < addresses.Length; i++)
        {
            if (buffers[i].HostAddress != addresses[i])
                ThrowMoved();
        }

        if (_dynamic.Count + _texts.Count + _structures.Count > 0)
            Refresh();
        var status = _binding.Run(session);
        return status == 0 ? null : _library.Take(status);
    }

    /// <summary>Copies outputs that the run allocated to the views bound to them.</summary>
    public void Deliver()
    {
        if (_dynamic.Count == 0)
            return;
        foreach (var output in _dynamic)
            output.Deliver();
    }

    public void Terminate() => _binding.Terminate();

    public void ClearTerminate() => _binding.ClearTerminate();

    public TensorSpec OutputSpec(int index) => _dynamicAt[index]?.Spec ?? _executable.Signature.Outputs[index];

    public BufferView Output(int index) => _dynamicAt[index]?.View() ?? _fixed[index];

    public OnnxValue ReadOutput(int index) =>
        _dynamicAt[index]?.Read() ?? OrtValueReader.Read(_library, _binding.Output(index));

    public void Dispose()
    {
        foreach (var output in _dynamic)
            output.Dispose();
        _binding.Dispose();
        foreach (var buffer in _own)
            buffer.Dispose();
    }

    private void Refresh()
    {
        foreach (var output in _dynamic)
            output.Clear();
        foreach (var text in _texts)
            OrtValueReader.Unpack(_library, text.Value, text.Count, BytesOf(text.View));
        foreach (var (index, view) in _structures)
            _binding.ReplaceInput(index, OrtValueWriter.Make(_library, PackedValue.Decode(BytesOf(view))));
    }

    [DoesNotReturn]
    private static void ThrowMoved() =>
        throw new ObjectDisposedException(nameof(DeviceBuffer), "A buffer that is bound to this run has moved or is gone.");

    private void BindInput(int index, BufferView view, Shape shape)
    {
        var spec = _executable.Signature.Inputs[index] with { Shape = shape };
        Hold(spec, view);
        if (spec.Type == DataType.Undefined)
        {
            _structures.Add((index, view));
            return;
        }

        if (spec.Type != DataType.String)
        {
            _binding.SetInput(index, Over(spec, view));
            return;
        }

        _binding.SetInput(index, OrtTensor.Allocate(_library, DataType.String, shape.ToArray()));
        _texts.Add(new TextInput(_binding.Input(index), shape.ElementCount, view));
    }

    private void BindOutput(int index, BufferView view)
    {
        var spec = _executable.Signature.Outputs[index];
        if (view.Buffer is not null)
            Hold(spec, view);
        if (!spec.HasByteCount || _executable.OutputKind(index) != OnnxType.Tensor || _executable.IsDisputed(index))
        {
            _dynamic.Add(_dynamicAt[index] = new DynamicOutput(_executable, _binding, index, view));
            return;
        }

        _fixed[index] = view.Buffer is not null ? view : Allocate(spec);
        _binding.SetOutput(index, Over(spec, _fixed[index]));
    }

    private static ReadOnlySpan<byte> BytesOf(BufferView view) => new((void*)view.HostAddress, checked((int)view.ByteCount));

    private BufferView Allocate(TensorSpec spec)
    {
        var buffer = new HostBuffer(_executable.Device, spec.ByteCount);
        _own.Add(buffer);
        return new BufferView(buffer);
    }

    private void Hold(TensorSpec spec, BufferView view)
    {
        if (view.HostAddress == 0)
            throw new TensorMismatchException($"Device 'cpu' binds buffers that the host can address; the one for {spec} lies on device '{view.Buffer!.Device.Info.Id}'.");
        if (!_held.Contains(view.Buffer!))
            _held.Add(view.Buffer!);
    }

    private ValueHandle Over(TensorSpec spec, BufferView view)
    {
        if (!spec.HasByteCount || spec.ByteCount != view.ByteCount)
            throw new TensorMismatchException($"Tensor {spec} takes {(spec.HasByteCount ? spec.ByteCount : "?")} bytes; the view bound to it has {view.ByteCount}.");
        var elementBytes = Math.Max(1, spec.Type.BitCount() / 8);
        if (view.HostAddress % elementBytes != 0)
            throw new TensorMismatchException($"Tensor {spec} has elements of {elementBytes} bytes; the view bound to it begins at an address that is no multiple of that.");
        return OrtTensor.Over(_library, (void*)view.HostAddress, view.ByteCount, spec.Type, spec.Shape.ToArray());
    }

    private readonly record struct TextInput(nint Value, long Count, BufferView View);
}
