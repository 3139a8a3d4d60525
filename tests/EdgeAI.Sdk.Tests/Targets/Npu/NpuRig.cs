using System.Collections.Immutable;
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

namespace EdgeAI.Sdk.Tests.Targets.Npu;

/// <summary>Runs models on the simulated NPU and in ONNX Runtime, and compares.</summary>
internal static class NpuRig
{
    private static readonly CpuDevice Oracle = new(new CpuOptions { Threads = 1 });

    /// <summary>The tiny machine: 16 KiB of SRAM, so that almost everything is tiled.</summary>
    public static NpuConfiguration Tiny { get; } = NpuConfiguration.Micro128 with { Name = "tiny", SramBytes = 16 << 10 };

    /// <summary>Prepares a model as the compiler does and makes one segment of the units that are wished.</summary>
    public static GraphSegment Segment(Model model, Func<GraphUnit, bool> isWished)
    {
        var units = Group(model);
        return Segmenter.Build(0, model, [.. units.Where(isWished)], Segmenter.Readers(units), model.Graph.Outputs.ToHashSet());
    }

    /// <summary>The units of a model that the NPU takes, as one segment.</summary>
    public static GraphSegment NpuSegment(Model model, NpuConfiguration configuration)
    {
        ShapeInference.Infer(model, ImmutableDictionary<string, long>.Empty.Add("batch", 1));
        GraphRewrites.Simplify(model);
        GraphRewrites.UniqueDequantize.Apply(model);
        ShapeInference.Infer(model, ImmutableDictionary<string, long>.Empty.Add("batch", 1));
        var units = UnitGrouper.Group(model.Graph);
        var target = new NpuTarget(configuration);
        return Segmenter.Build(
            0, model, [.. units.Where(unit => target.Check(unit) is null)], Segmenter.Readers(units), model.Graph.Outputs.ToHashSet());
    }

    /// <summary>The units of a model.</summary>
    public static ImmutableArray<GraphUnit> Group(QdqModel model) => Group(model.Model);

    private static ImmutableArray<GraphUnit> Group(Model model)
    {
        ShapeInference.Infer(model);
        GraphRewrites.UniqueDequantize.Apply(model);
        ShapeInference.Infer(model);
        return UnitGrouper.Group(model.Graph);
    }

    /// <summary>Everything but the quantizers at the model's borders.</summary>
    public static GraphSegment Inner(QdqModel model) =>
        Segment(model.Model, unit => unit.Nodes.Length > 1 || unit.Anchor.OpType is not ("QuantizeLinear" or "DequantizeLinear"));

    /// <summary>Compiles, or fails the test with the refusal.</summary>
    public static CompileSuccess Compile(GraphSegment segment, NpuConfiguration configuration) =>
        new NpuTarget(configuration).Compile(segment) switch
        {
            CompileSuccess success => success,
            CompileFailure failure => throw new AssertionException($"{failure.Unit}: {failure.Refusal}"),
            _ => throw new AssertionException("no result"),
        };

    /// <summary>Random bytes for every input, or real numbers around 0.</summary>
    public static byte[][] RandomInputs(ExecutableSignature signature, int seed)
    {
        var random = new Random(seed);
        return [.. signature.Inputs.Select(spec =>
        {
            var bytes = new byte[spec.ByteCount];
            random.NextBytes(bytes);
            return spec.Type == DataType.Float32 ? MemoryMarshal.AsBytes(bytes.Take(bytes.Length / sizeof(float)).Select(value => (value - 127.5f) / 48).ToArray().AsSpan()).ToArray() : bytes;
        })];
    }

    /// <summary>Compiles the model for the NPU and asserts that its outputs equal ONNX Runtime's on random inputs.</summary>
    public static void AssertEqualToOracle(QdqModel model, NpuConfiguration configuration, int seed, bool mustVary = true, Func<GraphSegment, Executable>? compile = null)
    {
        var segment = Inner(model);
        var executable = compile?.Invoke(segment) ?? Compile(segment, configuration).Executable;
        var inputs = RandomInputs(executable.Signature, seed);
        var signature = new ExecutableSignature(
            [.. model.Graph.Inputs.Select(value => new TensorSpec(value.Name, value.Element, value.Shape))],
            [.. model.Graph.Outputs.Select(value => new TensorSpec(value.Name, value.Element, value.Shape))]);
        var reals = model.Inputs.Select(input => Dequantize(input, inputs[segment.Inputs.IndexOf(input.Value)])).ToArray();
        var expected = RunOracle(OnnxWriter.ToBytes(model.Model), signature, reals);
        var actual = RunNpu(executable, configuration, inputs, out _);
        for (var i = 0; i < expected.Length; i++)
        {
            var output = model.Outputs[i];
            AssertSame(
                MemoryMarshal.Cast<byte, float>(Dequantize(output, actual[segment.Outputs.IndexOf(output.Value)])).ToArray(),
                MemoryMarshal.Cast<byte, float>(expected[i]).ToArray(), $"seed {seed}, {configuration.Name}, {output}", mustVary);
        }
    }

    private static byte[] Dequantize(QuantizedValue value, byte[] integers) => MemoryMarshal.AsBytes(
        integers.Select(q => ((value.Type == DataType.Int8 ? (sbyte)q : q) - value.ZeroPoint) * value.Scale).ToArray().AsSpan()).ToArray();

    /// <summary>Compiles a segment with 8-bit borders and asserts the same against its own ONNX model.</summary>
    public static RunStatistics AssertEqualToOracle(GraphSegment segment, byte[] bytes, NpuConfiguration configuration, int seed, int runs)
    {
        var executable = Compile(segment, configuration).Executable;
        var statistics = RunStatistics.None;
        for (var run = 0; run < runs; run++)
        {
            var inputs = RandomInputs(executable.Signature, seed + run);
            var expected = RunOracle(bytes, executable.Signature, inputs);
            var actual = RunNpu(executable, configuration, inputs, out statistics);
            for (var i = 0; i < expected.Length; i++)
            {
                AssertSame(actual[i], expected[i], $"seed {seed + run}, {configuration.Name}, {executable.Signature.Outputs[i]}");
            }
        }

        return statistics;
    }

    public static byte[][] RunNpu(Executable executable, NpuConfiguration configuration, byte[][] inputs, out RunStatistics statistics)
    {
        using var device = new NpuDevice(new SimulatedNpu(configuration));
        return Run(device, executable, inputs, out statistics);
    }

    public static byte[][] RunOracle(byte[] model, ExecutableSignature signature, byte[][] inputs) =>
        Run(Oracle, new Executable(CpuDevice.Format, signature, model, [], []), inputs, out _);

    public static byte[][] Run(Device device, Executable executable, byte[][] inputs, out RunStatistics statistics)
    {
        using var loaded = device.Load(executable);
        var buffers = executable.Signature.Inputs.Concat(executable.Signature.Outputs).Select(spec => device.Allocate(spec.ByteCount)).ToArray();
        var views = buffers.Select(buffer => new BufferView(buffer)).ToArray();
        for (var i = 0; i < inputs.Length; i++)
        {
            buffers[i].Write(0, inputs[i]);
        }

        using var run = loaded.Prepare(views.AsSpan(0, inputs.Length), views.AsSpan(inputs.Length));
        statistics = run.Execute();
        var outputs = buffers.Skip(inputs.Length).Select(buffer =>
        {
            var bytes = new byte[buffer.ByteCount];
            buffer.Read(0, bytes);
            return bytes;
        }).ToArray();
        foreach (var buffer in buffers)
        {
            buffer.Dispose();
        }

        return outputs;
    }

    private static void AssertSame<T>(T[] actual, T[] expected, string what, bool mustVary = true)
        where T : struct, IEquatable<T>
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Length), what);
        var wrong = Enumerable.Range(0, expected.Length).Where(i => !actual[i].Equals(expected[i])).ToList();
        Assert.That(!mustVary || expected.Distinct().Count() > (expected.Length > 64 ? 8 : 1), $"{what}: the outputs hardly vary, the test shows nothing");
        Assert.That(wrong, Is.Empty, () => $"{what}: {wrong.Count} of {expected.Length} differ, first at {wrong[0]}: {actual[wrong[0]]}, expected {expected[wrong[0]]}");
    }
}
