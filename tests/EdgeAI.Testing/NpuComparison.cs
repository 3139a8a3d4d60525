using System.Runtime.InteropServices;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Compiler.Targets.Npu;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Npu;
using EdgeAI.Onnx;

namespace EdgeAI.Testing;

/// <summary>What comparing one result came to.</summary>
/// <param name="Output">Place among the model's outputs.</param>
/// <param name="Refusal">Why the NPU did not take the unit that makes it; null when it did.</param>
/// <param name="Elements">Elements compared.</param>
/// <param name="Different">Elements that differ.</param>
/// <param name="Units">The largest difference in units of the result.</param>
public sealed record ResultDifference(int Output, string? Refusal, int Elements, int Different, int Units);

/// <summary>Runs a model of independent quantized groups on the simulated NPU and in ONNX Runtime, the whole of it at once.</summary>
public sealed class NpuComparison(NpuConfiguration configuration) : IDisposable
{
    /// <summary>A segment ends when it has more bindings; with the last unit's it stays below what an image can bind.</summary>
    private const int MostBindings = 50;

    private readonly CpuDevice _oracle = new(new CpuOptions { Threads = 1 });
    private readonly NpuTarget _target = new(configuration);
    private readonly NpuDevice _device = new(new SimulatedNpu(configuration));

    /// <summary>Compares every output of the model on random integers.</summary>
    public IReadOnlyList<ResultDifference> Run(QdqModel model, Random random)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(random);
        ShapeInference.Infer(model.Model);
        var signature = new ExecutableSignature([.. model.Graph.Inputs.Select(Spec)], [.. model.Graph.Outputs.Select(Spec)]);
        var bytes = OnnxWriter.ToBytes(model.Model);
        var integers = model.Inputs.Select(input => Random(random, input.Value.Shape.ElementCount)).ToArray();
        var (segments, refusals) = Segments(model);
        var found = segments.SelectMany(segment => segment.Outputs.Zip(Run(_device, Compile(segment), [.. segment.Inputs.Select(value => integers[model.Inputs.FindIndex(input => input.Value == value)])])))
            .ToDictionary(pair => pair.First, pair => pair.Second);
        var reals = model.Inputs.Select((input, i) => Reals(input, integers[i])).ToArray();
        var expected = Run(_oracle, new Executable(CpuDevice.Format, signature, bytes, [], []), reals);
        return [.. model.Outputs.Select((output, i) => refusals.TryGetValue(output.Value, out var refusal)
            ? new ResultDifference(i, refusal, 0, 0, 0)
            : Compare(i, output, found[output.Value], MemoryMarshal.Cast<byte, float>(expected[i])))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.Dispose();
        _oracle.Dispose();
    }

    /// <summary>What the NPU takes, in as many segments as its bindings ask for, and why it refuses the rest.</summary>
    private (List<GraphSegment> Segments, Dictionary<Value, string> Refusals) Segments(QdqModel model)
    {
        GraphRewrites.UniqueDequantize.Apply(model.Model);
        ShapeInference.Infer(model.Model);
        var all = UnitGrouper.Group(model.Graph);
        var (segments, taken, refusals) = (new List<GraphSegment>(), new List<GraphUnit>(), new Dictionary<Value, string>());
        var (readers, outputs) = (Segmenter.Readers(all), model.Graph.Outputs.ToHashSet());
        foreach (var unit in all.Where(unit => unit.Nodes.Length > 1))
        {
            if (_target.Check(unit) is { } refusal)
            {
                unit.Outputs.ToList().ForEach(value => refusals.Add(value, refusal.ToString()));
                continue;
            }

            taken.Add(unit);
            if (taken.Sum(other => other.Inputs.Length + other.Outputs.Length) > MostBindings)
            {
                Cut();
            }
        }

        Cut();
        return (segments, refusals);

        void Cut()
        {
            if (taken.Count > 0)
            {
                segments.Add(Segmenter.Build(segments.Count, model.Model, [.. taken], readers, outputs));
                taken.Clear();
            }
        }
    }

    private Executable Compile(GraphSegment segment) => _target.Compile(segment) switch
    {
        CompileSuccess success => success.Executable,
        CompileFailure failure => throw new InvalidOperationException($"{failure.Unit}: {failure.Refusal}"),
        _ => throw new InvalidOperationException("No result."),
    };

    private static byte[][] Run(Device device, Executable executable, byte[][] inputs)
    {
        using var loaded = device.Load(executable);
        var buffers = executable.Signature.Inputs.Concat(executable.Signature.Outputs).Select(spec => device.Allocate(spec.ByteCount)).ToArray();
        try
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                buffers[i].Write(0, inputs[i]);
            }

            var views = buffers.Select(buffer => new BufferView(buffer)).ToArray();
            using var run = loaded.Prepare(views.AsSpan(0, inputs.Length), views.AsSpan(inputs.Length));
            run.Execute();
            return [.. buffers.Skip(inputs.Length).Select(buffer =>
            {
                var bytes = new byte[buffer.ByteCount];
                buffer.Read(0, bytes);
                return bytes;
            })];
        }
        finally
        {
            Array.ForEach(buffers, buffer => buffer.Dispose());
        }
    }

    private static ResultDifference Compare(int index, QuantizedValue output, byte[] found, ReadOnlySpan<float> expected)
    {
        var (different, units) = (0, 0);
        for (var i = 0; i < found.Length; i++)
        {
            var real = ((output.Type == DataType.Int8 ? (sbyte)found[i] : found[i]) - output.ZeroPoint) * output.Scale;
            if (real != expected[i])
            {
                different++;
                units = Math.Max(units, (int)Math.Max(1, MathF.Round(Math.Abs(real - expected[i]) / output.Scale)));
            }
        }

        return new ResultDifference(index, null, found.Length, different, units);
    }

    private static byte[] Random(Random random, long count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Reals(QuantizedValue value, byte[] integers) => MemoryMarshal.AsBytes(
        integers.Select(q => ((value.Type == DataType.Int8 ? (sbyte)q : q) - value.ZeroPoint) * value.Scale).ToArray().AsSpan()).ToArray();

    private static TensorSpec Spec(Value value) => new(value.Name, value.Element, value.Shape);
}
