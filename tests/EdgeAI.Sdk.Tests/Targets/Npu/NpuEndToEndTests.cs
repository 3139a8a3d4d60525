using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Sdk.Tests.Targets.Npu;

/// <summary>Whole models through the inference API, placed by cost: with the NPU the answer is the CPU's, bit by bit.</summary>
public sealed class NpuEndToEndTests
{
    [TestCase("cls/mobilenetv2_qdq_int8_op11.onnx")]
    [TestCase("own/kws/kws_dscnn_int8.onnx")]
    [TestCase("own/meter/meter_digit_int8.onnx")]
    [TestCase("own/meter/meter_detector_int8.onnx")]
    [TestCase("own/sensor/home_anomaly_int8.onnx")]
    public void Run_WithNpu_EqualsCpuAlone(string path)
    {
        var file = SharedData.Path(["models", .. path.Split('/')]);
        using var alone = EdgeRuntime.Create(devices => devices.AddCpu());
        using var together = EdgeRuntime.Create(devices => devices.AddCpu().AddNpu(new SimulatedNpu(NpuConfiguration.Edge1k)));
        using var expected = alone.Load(file);
        using var actual = together.Load(file);
        TestContext.Out.WriteLine(actual.Plan.Explain());
        Assert.That(actual.Plan.StepCount("npu"), Is.GreaterThan(0), "steps on the NPU");
        var random = new Random(7);
        for (var run = 0; run < 3; run++)
        {
            var input = Enumerable.Range(0, (int)expected.Inputs[0].Shape.Dimensions.Aggregate(1L, (n, d) => n * Math.Max(1, d.Value))).Select(_ => (random.NextSingle() * 2) - 1).ToArray();
            var tensor = EdgeTensor.Of<float>(input, [.. expected.Inputs[0].Shape.Dimensions.Select(dimension => Math.Max(1, dimension.Value))]);
            var scores = actual.Run([tensor])[0].AsSpan<float>();
            Assert.That(scores.SequenceEqual(expected.Run([tensor])[0].AsSpan<float>()), $"run {run}: the answers differ");
            Assert.That(scores.ToArray().Distinct().Count(), Is.GreaterThan(3), "the scores hardly vary");
        }
    }
}
