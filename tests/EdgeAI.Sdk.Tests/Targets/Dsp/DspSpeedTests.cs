using System.Diagnostics;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Targets.Dsp;

/// <summary>Wall time of the simulation beside ONNX Runtime on one core. By hand and in Release: the figures depend on the machine.</summary>
[Explicit("prints figures")]
public sealed class DspSpeedTests
{
    [TestCase("chain", 1 << 16)]
    [TestCase("chain", 1 << 20)]
    [TestCase("softmax", 1 << 16)]
    [TestCase("quantize", 1 << 18)]
    [TestCase("matmul", 256)]
    [TestCase("mean", 1 << 18)]
    [TestCase("stft", 16_000)]
    public void Simulation_BesideOnnxRuntime_PrintsTheRatio(string name, int size)
    {
        var test = Case(name, size);
        var (dsp, cpu) = (test.MeasureDsp(Measure), test.MeasureReference(Measure));
        TestContext.Out.WriteLine($"{name,-10} {size,8}: simulated unit {dsp,9:0.0} µs, ONNX Runtime {cpu,9:0.0} µs, ratio {dsp / cpu:0.00}");
        Assert.That(dsp, Is.Positive);
    }

    private static DspCase Case(string name, int size) => name switch
    {
        "chain" => new DspCase().Random("x", [size], 0.1f, 4).Random("z", [size], 0.1f, 4).Constant("c", [], 0.3f)
            .Node("Mul", "x z", "a").Node("Add", "a c", "b").Node("Sigmoid", "b", "d").Node("Mul", "d x", "e").Node("Exp", "e", "f").Node("Sub", "f z", "y").Output("y"),
        "softmax" => new DspCase().Random("x", [size / 256, 256], -8, 8).Node("Softmax", "x", "y").Output("y"),
        "quantize" => new DspCase().Random("x", [size]).Constant("s", [], 0.04f).Constant<byte>("zp", [], 120).Node("QuantizeLinear", "x s zp", "y").Output("y"),
        "matmul" => new DspCase().Random("x", [size, size]).RandomConstant("w", [size, size]).Node("MatMul", "x w", "y").Output("y"),
        "mean" => new DspCase().Random("x", [size / 512, 512]).Node("ReduceMean", "x", "y", ("axes", new long[] { 1 })).Output("y"),
        _ => new DspCase().Random("x", [1, size, 1]).Constant("hop", [], 320L).RandomConstant("w", [512], 0).Node("STFT", "x hop w", "y").Output("y"),
    };

    private static double Measure(DeviceRun run)
    {
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalSeconds < 1.5;)
        {
            run.Execute(); // until the JIT has settled
        }

        var best = double.MaxValue;
        for (var i = 0; i < 60; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run.Execute();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        return best;
    }
}
