using System.Collections.Immutable;
using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Cpu.Interop;
using EdgeAI.Testing;

namespace EdgeAI.Hal.Tests.Cpu;

public sealed class CpuOptionsTests : CpuFixture
{
    // One pair of products that passes 2^15: without VNNI the saturating instruction gives 32767 instead of 64770.
    private static byte[] LargeProducts() => new TinyOnnx()
        .Input("x", DataType.UInt8, 1, 2).Input("w", DataType.Int8, 2, 1).Output("y", DataType.Int32, 1, 1)
        .Node("MatMulInteger", "x w", "y").Build();

    [Test]
    public void Threads_None_IsRefused() =>
        Assert.That(() => new CpuDevice(new CpuOptions { Threads = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void ExactInt8Products_OnAnyMachine_AreExact([Values(null, true)] bool? exact)
    {
        using var device = new CpuDevice(new CpuOptions { ExactInt8Products = exact });
        using var loaded = device.Load(Onnx(LargeProducts(), new ConstantBlob("w", Bytes<sbyte>(127, 127))));
        using var run = loaded.Prepare([View<byte>(255, 255)], [default]);
        run.Execute();
        Assert.That(Values<int>(run.Output(0)), Is.EqualTo(new[] { 255 * 127 * 2 }));
    }

    [Test]
    public void SessionEntries_Given_ReachOnnxRuntime()
    {
        using var device = new CpuDevice(new CpuOptions
        {
            SessionEntries = ImmutableDictionary<string, string>.Empty.Add("session.load_model_format", "ORT"),
        });
        Assert.That(() => device.Load(Onnx(AddRelu())), Throws.TypeOf<ExecutableFormatException>());
    }

    [Test]
    public void Optimization_None_LeavesTheNodesApart([Values(GraphOptimization.None, GraphOptimization.All)] GraphOptimization level)
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, 1).Output("y", DataType.Float32, 1)
            .Node("Identity", "x", "i").Node("Neg", "i", "n").Node("Neg", "n", "y").Build();
        using var device = new CpuDevice(new CpuOptions { Optimization = level });
        var operators = device.Profile(Onnx(model), [View(1f)], runs: 1).Select(time => time.Operator);
        Assert.That(operators.Contains("Identity"), Is.EqualTo(level == GraphOptimization.None));
    }

    [Test]
    public void Describe_Always_NamesProcessorVersionAndPath()
    {
        Assert.That(Device.Describe(), Does.Contain("ONNX Runtime 1.").And.Contains("2 threads").And.Contains(Device.LibraryPath));
        Assert.That(Device.Library.ApiVersion, Is.InRange(OrtSlot.OldestVersion, OrtSlot.NewestVersion));
    }

    [Test]
    public void PackedText_AnyStrings_ComesBack([Values(1, 2, 3)] int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var texts = Enumerable.Range(0, random.Next(20)).Select(_ => new string([.. Enumerable.Range(0, random.Next(9)).Select(_ => (char)random.Next(32, 0x2000))])).ToArray();
        Assert.That(PackedText.Decode(PackedText.Encode(texts), texts.Length), Is.EqualTo(texts));
    }

    [TestCase(new byte[] { 0, 0, 0 }, 1)]
    [TestCase(new byte[] { 0, 0, 0, 0, 5, 0, 0, 0, 65 }, 1)]
    [TestCase(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 65 }, 1)]
    [TestCase(new byte[] { 255, 255, 255, 255, 0, 0, 0, 0, 65 }, 1)]
    public void PackedText_WrongOffsets_AreRefused(byte[] packed, int count) =>
        Assert.That(() => PackedText.Decode(packed, count), Throws.TypeOf<TensorMismatchException>());
}
