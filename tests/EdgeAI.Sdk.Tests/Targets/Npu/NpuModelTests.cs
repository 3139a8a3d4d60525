using EdgeAI.Compiler;
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
        var segment = NpuRig.NpuSegment(Shared(path), machine);
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

        static GraphSegment Digit() => NpuRig.NpuSegment(Shared("own/meter/meter_digit_int8.onnx"), NpuRig.Tiny);
    }

    /// <summary>Whole networks under ever less SRAM, each compiled twice: equal bytes, and the CPU's bits.</summary>
    [TestCase("resnet8", 16)]
    [TestCase("mobilenet_v2_035_128", 32)]
    [TestCase("mobilenet_v3_small", 64)]
    [TestCase("darts_cifar10", 32)]
    [TestCase("nasnet_a_cifar10", 32)]
    [TestCase("dscnn_kws", 16)]
    public void Compile_ZooNetwork_EqualsOracleUnderEachSramLimit(string name, int leastKibibytes)
    {
        var segment = NpuRig.NpuSegment(OnnxReader.Read(Zoo.Find(name).Int8Bytes), NpuConfiguration.Edge1k with { SramBytes = leastKibibytes << 10 });
        var oracle = OnnxWriter.ToBytes(SegmentModel.Build(segment));
        for (var kibibytes = 1024; kibibytes >= leastKibibytes; kibibytes /= 2)
        {
            var machine = NpuConfiguration.Edge1k with { Name = $"{kibibytes} KiB", SramBytes = kibibytes << 10 };
            var (first, second) = (NpuRig.Compile(segment, machine).Executable, NpuRig.Compile(segment, machine).Executable);
            Assert.That(first.Code.Span.SequenceEqual(second.Code.Span), $"{machine.Name}: code");
            Assert.That(first.Constants[0].Data.Span.SequenceEqual(second.Constants[0].Data.Span), $"{machine.Name}: constants");
            var statistics = NpuRig.AssertEqualToOracle(segment, oracle, machine, seed: kibibytes, runs: 1);
            TestContext.Out.WriteLine($"{name} in {machine.Name}: {segment.Units.Length} units, {statistics.Cycles} cycles");
        }
    }

    private static Model Shared(string path) => OnnxReader.Read(SharedData.Path("models", path));
}
