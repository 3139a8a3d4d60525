using System.Collections.Immutable;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;

namespace EdgeAI.Testing;

/// <summary>
/// What "equal to ONNX Runtime" refers to: its CPU provider at the highest optimization level on the whole model as it is in the file.
/// </summary>
public sealed class OnnxOracle(CpuOptions? options = null) : IDisposable
{
    private readonly CpuDevice _cpu = new(options);

    /// <summary>The outputs of a model's bytes on tensors by input name.</summary>
    public ImmutableArray<OnnxValue> Run(byte[] model, IReadOnlyDictionary<string, EdgeTensor> feeds)
    {
        using var loaded = _cpu.Load(new Executable(CpuDevice.Format, new ExecutableSignature([], []), model, [], []));
        var inputs = loaded.Signature.Inputs.Select(input => feeds[input.Name]).ToList();
        var buffers = inputs.Select(Upload).ToList();
        try
        {
            using var run = loaded.Prepare(
                [.. buffers.Select(buffer => new BufferView(buffer))], [.. inputs.Select(input => input.Shape)],
                new BufferView[loaded.Signature.Outputs.Length]);
            run.Execute();
            return [.. loaded.Signature.Outputs.Select((_, index) => run.ReadOutput(index))];
        }
        finally
        {
            buffers.ForEach(buffer => buffer.Dispose());
        }
    }

    /// <summary>A result of EdgeAI in the oracle's form, so that the two are equal where their bits are.</summary>
    public static OnnxValue ValueOf(EdgeTensor tensor) =>
        tensor.Structure is { } structure ? structure
        : tensor.Type == DataType.String ? new OnnxValue.Texts(tensor.Shape, [.. tensor.Strings])
        : new OnnxValue.Tensor(tensor.Type, tensor.Shape, [.. tensor.Bytes]);

    /// <inheritdoc/>
    public void Dispose() => _cpu.Dispose();

    private DeviceBuffer Upload(EdgeTensor tensor)
    {
        var bytes = tensor.Type == DataType.String ? PackedText.Encode([.. tensor.Strings]) : tensor.Bytes;
        var buffer = _cpu.Allocate(bytes.Length);
        buffer.Write(0, bytes);
        return buffer;
    }
}
