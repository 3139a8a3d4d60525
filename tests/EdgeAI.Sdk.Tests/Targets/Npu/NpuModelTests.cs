using System.Collections.Immutable;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Compiler.Targets.Npu;
using EdgeAI.Compiler.Targets.Onnx;
using EdgeAI.Graph;
using EdgeAI.Hal.Npu;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Targets.Npu;

/// <summary>Whole int8 networks: everything, the outermost quantizers too, in one command stream.</summary>
public sealed class NpuModelTests
{
    [TestCase("cls/mobilenetv2_qdq_int8_op11.onnx", "edge-1k", 67)]
    [TestCase("cls/mobilenetv2_qdq_int8_op11.onnx", "micro-128", 67)]
    [TestCase("own/kws/kws_dscnn_int8.onnx", "edge-1k", 23)]
    [TestCase("own/kws/kws_dscnn_int8.onnx", "micro-128", 23)]
    [TestCase("own/kws/kws_dscnn_features_int8.onnx", "tiny", 23)]
    [TestCase("own/meter/meter_digit_int8.onnx", "edge-1k", 17)]
    [TestCase("own/meter/meter_digit_int8.onnx", "tiny", 17)]
    public void Compile_Int8Network_EqualsOracleBitByBit(string path, string configuration, int units)
    {
        var machine = configuration == "tiny" ? NpuRig.Tiny : NpuConfiguration.ByName(configuration);
        var segment = NpuSegment(path, machine);
        Assert.That(segment.Units, Has.Length.EqualTo(units), "units on the NPU");
        var oracle = OnnxWriter.ToBytes(SegmentModel.Build(segment));
        var statistics = NpuRig.AssertEqualToOracle(segment, oracle, machine, seed: 1, runs: 3);
        TestContext.Out.WriteLine($"{path} on {machine.Name}: {segment.Units.Length} units, {statistics.Cycles} cycles");
    }

    [Test]
    public void Compile_Twice_GivesEqualBytes()
    {
        var (first, second) = (NpuRig.Compile(Digit(), NpuRig.Tiny), NpuRig.Compile(Digit(), NpuRig.Tiny));
        Assert.That(first.Executable.Code.Span.SequenceEqual(second.Executable.Code.Span), "code");
        Assert.That(first.Executable.Constants[0].Data.Span.SequenceEqual(second.Executable.Constants[0].Data.Span), "constants");
        Assert.That(first.Executable.SourceMap, Is.EqualTo(second.Executable.SourceMap));

        static GraphSegment Digit() => NpuSegment("own/meter/meter_digit_int8.onnx", NpuRig.Tiny);
    }

    /// <summary>The units of a model that the NPU takes, as one segment.</summary>
    private static GraphSegment NpuSegment(string path, NpuConfiguration configuration)
    {
        var model = OnnxReader.Read(SharedData.Path("models", path));
        ShapeInference.Infer(model, ImmutableDictionary<string, long>.Empty.Add("batch", 1));
        GraphRewrites.Simplify(model);
        GraphRewrites.UniqueDequantize.Apply(model);
        ShapeInference.Infer(model, ImmutableDictionary<string, long>.Empty.Add("batch", 1));
        var units = UnitGrouper.Group(model.Graph);
        var target = new NpuTarget(configuration);
        return Segmenter.Build(
            0, model, [.. units.Where(unit => target.Check(unit) is null)], Segmenter.Readers(units), model.Graph.Outputs.ToHashSet());
    }
}
