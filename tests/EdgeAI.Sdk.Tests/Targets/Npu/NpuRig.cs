using System.Collections.Immutable;
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

    /// <summary>Prepares a model as the compiler does and makes one segment of it.</summary>
    public static GraphSegment Segment(Model model)
    {
        ShapeInference.Infer(model);
        GraphRewrites.UniqueDequantize.Apply(model);
        ShapeInference.Infer(model);
        var units = UnitGrouper.Group(model.Graph);
        return Segmenter.Build(0, model, units, Segmenter.Readers(units), model.Graph.Outputs.ToHashSet());
    }

    /// <summary>Compiles, or fails the test with the refusal.</summary>
    public static CompileSuccess Compile(GraphSegment segment, NpuConfiguration configuration) =>
        new NpuTarget(configuration).Compile(segment) switch
        {
            CompileSuccess success => success,
            CompileFailure failure => throw new AssertionException($"{failure.Unit}: {failure.Refusal}"),
            _ => throw new AssertionException("no result"),
        };

    /// <summary>Random bytes for every input.</summary>
    public static byte[][] RandomInputs(ExecutableSignature signature, int seed)
    {
        var random = new Random(seed);
        return [.. signature.Inputs.Select(spec =>
        {
            var bytes = new byte[spec.ByteCount];
            random.NextBytes(bytes);
            return bytes;
        })];
    }

    /// <summary>Compiles the model for the NPU and asserts that its outputs equal ONNX Runtime's on random inputs.</summary>
    public static RunStatistics AssertEqualToOracle(Model model, NpuConfiguration configuration, int seed, int runs = 1)
    {
        var bytes = OnnxWriter.ToBytes(model);
        return AssertEqualToOracle(Segment(model), bytes, configuration, seed, runs);
    }

    /// <summary>The same for a segment whose ONNX bytes are given.</summary>
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

    private static void AssertSame(byte[] actual, byte[] expected, string what)
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Length), what);
        var wrong = Enumerable.Range(0, expected.Length).Where(i => actual[i] != expected[i]).ToList();
        Assert.That(wrong, Is.Empty, () => $"{what}: {wrong.Count} of {expected.Length} differ, first at {wrong[0]}: {actual[wrong[0]]}, expected {expected[wrong[0]]}");
    }
}
