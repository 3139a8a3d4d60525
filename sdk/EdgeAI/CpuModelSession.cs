using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;
using EdgeAI.Quantization;

namespace EdgeAI;

/// <summary>A model on the CPU device, run again and again; buffers are bound anew only when shapes change.</summary>
internal sealed class CpuModelSession : ModelSession
{
    private readonly CpuDevice _cpu;
    private readonly CpuExecutable _loaded;
    private readonly List<DeviceBuffer> _buffers = [];
    private ImmutableArray<Shape> _shapes = [];
    private CpuRun? _run;

    public CpuModelSession(CpuDevice cpu, Model model)
    {
        var (code, constants) = OnnxWriter.WriteWithExternalConstants(model);
        var signature = new ExecutableSignature([.. model.Graph.Inputs.Select(Spec)], [.. model.Graph.Outputs.Select(Spec)]);
        (_cpu, _loaded) = (cpu, cpu.Load(new Executable(CpuDevice.Format, signature, code, constants, [])));
    }

    public override void Run(IReadOnlyList<ConstantTensor> feeds, CancellationToken cancellationToken = default)
    {
        if (_run is null || !_shapes.AsSpan().SequenceEqual([.. feeds.Select(feed => feed.Shape)]))
        {
            Bind(feeds);
        }

        for (var i = 0; i < feeds.Count; i++)
        {
            _buffers[i].Write(0, feeds[i].Data.Span);
        }

        _run!.Execute(cancellationToken);
    }

    public override TensorSpec OutputSpec(int index) => _run!.OutputSpec(index);

    public override unsafe ReadOnlySpan<byte> Output(int index)
    {
        var view = _run!.Output(index);
        return new((void*)view.HostAddress, checked((int)view.ByteCount));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Unbind();
            _loaded.Dispose();
        }
    }

    private void Bind(IReadOnlyList<ConstantTensor> feeds)
    {
        Unbind();
        ImmutableArray<Shape> shapes = [.. feeds.Select(feed => feed.Shape)];
        _buffers.AddRange(feeds.Select(feed => _cpu.Allocate(feed.Data.Length)));
        _run = _loaded.Prepare([.. _buffers.Select(buffer => new BufferView(buffer))], shapes.AsSpan(), new BufferView[_loaded.Signature.Outputs.Length]);
        _shapes = shapes;
    }

    private void Unbind()
    {
        _run?.Dispose();
        _run = null;
        _buffers.ForEach(buffer => buffer.Dispose());
        _buffers.Clear();
    }

    private static TensorSpec Spec(Value value) => new(value.Name, value.Element, value.Shape);
}
