using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;

namespace EdgeAI;

/// <summary>Evaluates constant graphs on the CPU device.</summary>
internal static class CpuEvaluator
{
    public static GraphEvaluator Create(CpuDevice cpu) => (model, feeds) => Evaluate(cpu, model, feeds);

    public static IReadOnlyList<ConstantTensor?> Evaluate(CpuDevice cpu, Model model, IReadOnlyList<ConstantTensor> feeds)
    {
        var (code, constants) = OnnxWriter.WriteWithExternalConstants(model);
        var signature = new ExecutableSignature([.. model.Graph.Inputs.Select(Spec)], [.. model.Graph.Outputs.Select(Spec)]);
        using var loaded = cpu.Load(new Executable("onnx", signature, code, constants, []));
        var buffers = feeds.Select(feed => Upload(cpu, feed)).ToList();
        try
        {
            using var run = loaded.Prepare([.. buffers.Select(buffer => new BufferView(buffer))], new BufferView[signature.Outputs.Length]);
            run.Execute();
            return [.. signature.Outputs.Select((_, index) => Download(run, index))];
        }
        finally
        {
            buffers.ForEach(buffer => buffer.Dispose());
        }
    }

    private static TensorSpec Spec(Value value) => new(value.Name, value.Element, value.Shape);

    private static DeviceBuffer Upload(CpuDevice cpu, ConstantTensor tensor)
    {
        var buffer = cpu.Allocate(tensor.Data.Length);
        buffer.Write(0, tensor.Data.Span);
        return buffer;
    }

    private static ConstantTensor? Download(DeviceRun run, int index)
    {
        var spec = run.OutputSpec(index);
        if (!spec.HasByteCount)
        {
            return null;
        }

        var bytes = new byte[spec.ByteCount];
        var view = run.Output(index);
        view.Buffer!.Read(view.Offset, bytes);
        return new ConstantTensor(spec.Type, spec.Shape, bytes);
    }
}
