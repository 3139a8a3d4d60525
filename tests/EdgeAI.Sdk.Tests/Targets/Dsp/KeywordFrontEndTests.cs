using System.Runtime.InteropServices;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Dsp;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Targets.Dsp;

/// <summary>The front end of the project's own keyword model (waveform to log-mel features), whole, against ONNX Runtime.</summary>
public sealed class KeywordFrontEndTests
{
    private const string LastValue = "fe_features_out";

    [TestCase("kws_dscnn.onnx")]
    [TestCase("kws_dscnn_int8.onnx")]
    public void FrontEnd_EverySample_AgreesWithOnnxRuntime(string file)
    {
        var path = SharedData.Path("models", "own", "kws", file);
        var segment = FrontEnd(path, out var reference);
        using var dsp = new DspDevice(new SimulatedDsp(DspConfiguration.HubDsp));
        using var cpu = new CpuDevice(new CpuOptions { Threads = 1 });
        using var loaded = dsp.Load(((CompileSuccess)new DspTarget(DspConfiguration.HubDsp).Compile(segment)).Executable);
        using var oracle = cpu.Load(new Executable(CpuDevice.Format, new([], []), reference, [], []));
        var worst = 0.0;
        var samples = Directory.GetFiles(SharedData.Path("models", "own", "kws", "samples"), "*.wav");
        foreach (var sample in samples)
        {
            var waveform = Waveform(sample);
            var (found, expected) = (Features(loaded, waveform), Features(oracle, waveform));
            worst = Math.Max(worst, found.Zip(expected, (a, b) => (double)Math.Abs(a - b)).Max());
        }

        TestContext.Out.WriteLine($"{samples.Length} samples, greatest difference {worst:g3}");
        Assert.That(samples, Has.Length.EqualTo(24));
        Assert.That(worst, Is.LessThan(1e-4), "standardised log-mel units, about −3 to 3");
    }

    [Test]
    public void FrontEnd_Compiled_IsFiveInstructionsAndFast()
    {
        var segment = FrontEnd(SharedData.Path("models", "own", "kws", "kws_dscnn_int8.onnx"), out _);
        var result = (CompileSuccess)new DspTarget(DspConfiguration.HubDsp).Compile(segment);
        var image = DspImage.Parse(result.Executable.Code.Span);
        TestContext.Out.WriteLine(image.Disassemble(result.Executable.SourceMap));
        TestContext.Out.WriteLine($"{result.Cost!.Value.Seconds * 1e6:0.0} µs, {result.Cost.Value.EnergyJoules * 1e6:0.00} µJ, {result.Cost.Value.BytesMoved} B");
        Assert.That(image.InstructionCount, Is.EqualTo(6), "fill, copy, transform, power, mel, logarithm");
        Assert.That(result.Cost.Value.Seconds, Is.LessThan(1e-3));
    }

    private static GraphSegment FrontEnd(string path, out byte[] reference)
    {
        var model = OnnxReader.Read(path);
        var graph = model.Graph;
        ShapeInference.Infer(model);
        var last = graph.Values[LastValue];
        graph.SetOutput(0, last);
        var needed = new HashSet<Node>();
        Collect(last, needed);
        graph.RemoveNodes(graph.Nodes.Where(node => !needed.Contains(node)).ToHashSet());
        foreach (var value in graph.Values.Values.Where(value => value.Producer is null && value.Consumers.Count == 0).ToList())
        {
            graph.RemoveValue(value);
        }

        reference = OnnxWriter.ToBytes(model);
        return new GraphSegment(0, model, UnitGrouper.Group(graph), [.. graph.Inputs], [.. graph.Outputs]);
    }

    private static void Collect(Value value, HashSet<Node> needed)
    {
        if (value.Producer is { } node && needed.Add(node))
        {
            foreach (var input in node.Inputs.OfType<Value>())
            {
                Collect(input, needed);
            }
        }
    }

    private static float[] Waveform(string path) =>
        [.. MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(path).AsSpan(44)).ToArray().Select(sample => sample / 32768f)];

    private static float[] Features(LoadedExecutable loaded, float[] waveform)
    {
        using var input = loaded.Device.Allocate(waveform.Length * sizeof(float));
        input.Write(0, MemoryMarshal.AsBytes(waveform.AsSpan()));
        using var run = loaded.Prepare([new BufferView(input)], [default]);
        run.Execute();
        var result = new float[50 * 40];
        run.Output(0).Buffer!.Read(run.Output(0).Offset, MemoryMarshal.AsBytes(result.AsSpan()));
        return result;
    }
}
