using System.Collections.Immutable;
using System.Diagnostics;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Compiler.Targets.Npu;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;
using EdgeAI.Onnx;
using EdgeAI.Testing;

namespace EdgeAI.Sdk.Tests.Targets.Npu;

public sealed class NpuModelTests
{
    private static readonly string[] Models = ["cls/mobilenetv2_qdq_int8_op11.onnx", "own/kws/kws_dscnn_int8.onnx", "own/meter/meter_digit_int8.onnx"];

    [Test]
    public void Compile_WholeModels_StreamsAreVerified([ValueSource(nameof(Models))] string path, [Values("micro-128", "edge-1k")] string configuration)
    {
        var target = new NpuTarget(NpuConfiguration.ByName(configuration));
        foreach (var segment in Segments(path, target, print: configuration == "edge-1k"))
        {
            for (var i = 0; i < 2; i++)
            {
                var watch = Stopwatch.StartNew();
                var result = target.Compile(segment);
                TestContext.Out.WriteLine($"compile {watch.Elapsed.TotalMilliseconds:f0} ms, {segment.Units.Length} units, {result}");
                if (result is CompileSuccess success && i == 1)
                {
                    var image = NpuImage.FromExecutable(success.Executable);
                    var (_, schedule) = StreamVerifier.Verify(image.Commands, RegionTable.Of(image), NpuConfiguration.ByName(configuration));
                    TestContext.Out.WriteLine($"SRAM {image.SramBytes} scratch {image.ScratchBytes} {schedule.Report(success.Executable.SourceMap)}");
                }
            }
        }
    }

    private static IEnumerable<GraphSegment> Segments(string path, NpuTarget target, bool print)
    {
        var model = OnnxReader.Read(SharedData.Path("models", path));
        ShapeInference.Infer(model, ImmutableDictionary<string, long>.Empty.Add("batch", 1));
        GraphRewrites.Simplify(model);
        GraphRewrites.UniqueDequantize.Apply(model);
        ShapeInference.Infer(model);
        var units = UnitGrouper.Group(model.Graph);
        var readers = Segmenter.Readers(units);
        var run = new List<GraphUnit>();
        var watch = Stopwatch.StartNew();
        foreach (var unit in units)
        {
            var refusal = target.Check(unit);
            if (refusal is null)
            {
                _ = target.Estimate(unit);
                run.Add(unit);
            }
            else if (print)
            {
                TestContext.Out.WriteLine($"{unit}: {refusal}");
            }
        }

        TestContext.Out.WriteLine($"check and estimate: {watch.Elapsed.TotalMilliseconds:f0} ms");
        yield return Segmenter.Build(0, model, [.. run], readers, model.Graph.Outputs.ToHashSet());
    }
}
