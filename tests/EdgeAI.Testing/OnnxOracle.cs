using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;

namespace EdgeAI.Testing;

/// <summary>
/// What "equal to ONNX Runtime" refers to: its CPU provider at the highest optimization level on the whole model as it is in the file.
/// </summary>
public sealed class OnnxOracle(CpuOptions? options = null) : IDisposable
{
    private readonly CpuDevice _cpu = new(options);

    /// <summary>The outputs of a model's bytes on tensors by input name.</summary>
    public ImmutableArray<OnnxValue> Run(byte[] model, IReadOnlyDictionary<string, EdgeTensor> feeds) =>
        Run(model, new ExecutableSignature([], []), feeds, (run, outputs) => outputs.Select((_, index) => run.ReadOutput(index)).ToImmutableArray());

    /// <summary>
    /// The same by output name, with shapes as the run makes them, whatever ONNX Runtime infers; outputs that cannot be read (empty
    /// optionals) are left out.
    /// </summary>
    public IReadOnlyDictionary<string, OnnxValue> RunByName(Model model, IReadOnlyDictionary<string, EdgeTensor> feeds) => Run(OnnxWriter.ToBytes(model), Untyped(model, feeds), feeds, (run, outputs) =>
    {
        var values = new Dictionary<string, OnnxValue>(StringComparer.Ordinal);
        for (var i = 0; i < outputs.Length; i++)
        {
            try
            {
                values[outputs[i].Name] = run.ReadOutput(i);
            }
            catch (TensorMismatchException)
            {
                // No tensor, sequence or map: there is nothing to compare.
            }
        }

        return values;
    });

    /// <summary>A result of EdgeAI in the oracle's form, so that the two are equal where their bits are.</summary>
    public static OnnxValue ValueOf(EdgeTensor tensor) =>
        tensor.Structure is { } structure ? structure
        : tensor.Type == DataType.String ? new OnnxValue.Texts(tensor.Shape, [.. tensor.Strings])
        : new OnnxValue.Tensor(tensor.Type, tensor.Shape, [.. tensor.Bytes]);

    /// <inheritdoc/>
    public void Dispose() => _cpu.Dispose();

    private static ExecutableSignature Untyped(Model model, IReadOnlyDictionary<string, EdgeTensor> feeds) => new(
        [.. model.Graph.Inputs.Where(input => feeds.ContainsKey(input.Name)).Select(input => new TensorSpec(input.Name, DataType.Undefined, Shape.Unknown))],
        [.. model.Graph.Outputs.Select(output => new TensorSpec(output.Name, DataType.Undefined, Shape.Unknown))]);

    private T Run<T>(byte[] model, ExecutableSignature signature, IReadOnlyDictionary<string, EdgeTensor> feeds, Func<CpuRun, ImmutableArray<TensorSpec>, T> read)
    {
        using var loaded = _cpu.Load(new Executable(CpuDevice.Format, signature, model, [], []));
        var inputs = loaded.Signature.Inputs.Select(input => feeds[input.Name]).ToList();
        var buffers = inputs.Zip(loaded.Signature.Inputs, Upload).ToList();
        try
        {
            using var run = loaded.Prepare(
                [.. buffers.Select(buffer => new BufferView(buffer))], [.. inputs.Select(input => input.Shape)],
                new BufferView[loaded.Signature.Outputs.Length]);
            run.Execute();
            return read(run, loaded.Signature.Outputs);
        }
        finally
        {
            buffers.ForEach(buffer => buffer.Dispose());
        }
    }

    private DeviceBuffer Upload(EdgeTensor tensor, TensorSpec input)
    {
        var bytes = input.Type == DataType.Undefined ? PackedValue.Encode(ValueOf(tensor)) : tensor.Type == DataType.String ? PackedText.Encode([.. tensor.Strings]) : tensor.Bytes;
        var buffer = _cpu.Allocate(bytes.Length);
        buffer.Write(0, bytes);
        return buffer;
    }
}
