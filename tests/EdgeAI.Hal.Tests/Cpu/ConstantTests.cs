using EdgeAI.Hal.Cpu;
using EdgeAI.Testing;

namespace EdgeAI.Hal.Tests.Cpu;

public sealed class ConstantTests : CpuFixture
{
    private const int Rows = 64;

    private static float[] Weights => [.. Enumerable.Range(0, Rows).Select(i => i * 0.5f)];

    [Test]
    public void Load_ConstantForAnInput_BecomesAWeightAndLeavesTheSignature()
    {
        using var loaded = Device.Load(Onnx(AddWeights(), new ConstantBlob("w", Bytes(Weights))));
        Assert.That(loaded.Signature.Inputs.Select(input => input.Name), Is.EqualTo(new[] { "x" }));
        Assert.That(RunOnes(loaded), Is.EqualTo(Weights.Select(weight => weight + 1)));
    }

    [Test]
    public void Load_ConstantForAnInput_IsReadInPlace()
    {
        var data = Bytes(Weights);
        using var loaded = Device.Load(Onnx(Gather(), new ConstantBlob("w", Aligned(data, out var memory))));
        using var run = loaded.Prepare([View(3L)], [default]);
        run.Execute();
        Assert.That(Values<float>(run.Output(0)), Is.EqualTo(new[] { 1.5f }));
        BitConverter.TryWriteBytes(memory.Span[12..], 77f);
        run.Execute();
        Assert.That(Values<float>(run.Output(0)), Is.EqualTo(new[] { 77f }), "a copy would not have seen the change");
    }

    [TestCase(1)]
    [TestCase(3)]
    public void Load_MisalignedConstant_GivesTheSameResult(int offset)
    {
        var padded = new byte[Rows * 4 + 8];
        Bytes(Weights).CopyTo(padded, offset);
        using var loaded = Device.Load(Onnx(AddWeights(), new ConstantBlob("w", padded.AsMemory(offset, Rows * 4))));
        Assert.That(RunOnes(loaded), Is.EqualTo(Weights.Select(weight => weight + 1)));
    }

    [Test]
    public void Load_SmallConstant_Works()
    {
        using var loaded = Device.Load(Onnx(AddRelu(), new ConstantBlob("b", Bytes(1f, 2f, 3f, 4f))));
        using var run = loaded.Prepare([View(1f, 1f, 1f, 1f)], [default]);
        run.Execute();
        Assert.That(Values<float>(run.Output(0)), Is.EqualTo(new[] { 2f, 3f, 4f, 5f }));
    }

    [Test]
    public void Load_ExternalInitializersOfOneBlob_AreTakenFromTheirOffsets()
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, Rows).Output("y", DataType.Float32, Rows)
            .External("w", DataType.Float32, [Rows], "weights.bin", 16, Rows * 4)
            .External("v", DataType.Float32, [1], "weights.bin", 0, 4)
            .Node("Add", "x w", "sum").Node("Mul", "sum v", "y").Build();
        using var loaded = Device.Load(Onnx(model, new ConstantBlob("weights.bin", (byte[])[.. Bytes(2f, 0f, 0f, 0f), .. Bytes(Weights)])));
        Assert.That(RunOnes(loaded), Is.EqualTo(Weights.Select(weight => 2 * (weight + 1))));
    }

    [Test]
    public void Load_BothSortsOfConstants_WorkTogether()
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, Rows).Input("w", DataType.Float32, Rows).Output("y", DataType.Float32, Rows)
            .External("v", DataType.Float32, [Rows], "weights.bin", 0, Rows * 4)
            .Node("Add", "x w", "sum").Node("Mul", "sum v", "y").Build();
        using var loaded = Device.Load(Onnx(model, new ConstantBlob("weights.bin", Bytes(Weights)), new ConstantBlob("w", Bytes(Weights))));
        Assert.That(RunOnes(loaded), Is.EqualTo(Weights.Select(weight => weight * (weight + 1))));
    }

    [Test]
    public void Load_ConstantOfAWrongSize_NamesItAndBothSizes()
    {
        var executable = Onnx(AddWeights(), new ConstantBlob("w", new byte[100]));
        Assert.That(() => Device.Load(executable), Throws.TypeOf<ExecutableFormatException>()
            .With.Message.Contains("'w' has 100 bytes").And.Message.Contains("Float32[64] of 256"));
    }

    [Test]
    public void Load_ExternalDataThatIsNotThere_IsRefused()
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, Rows).Output("y", DataType.Float32, Rows)
            .External("w", DataType.Float32, [Rows], "missing.bin", 0, Rows * 4).Node("Add", "x w", "y").Build();
        Assert.That(() => Device.Load(Onnx(model)), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("missing.bin"));
    }

    [TestCase(0, 100000)]
    [TestCase(200, 256)]
    [TestCase(-8, 256)]
    public void Load_ExternalRangeOutsideTheBlob_IsRefused(long offset, long length)
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, Rows).Output("y", DataType.Float32, Rows)
            .External("w", DataType.Float32, [Rows], "weights.bin", offset, length).Node("Add", "x w", "y").Build();
        var executable = Onnx(model, new ConstantBlob("weights.bin", Bytes(Weights)));
        Assert.That(() => Device.Load(executable), Throws.TypeOf<ExecutableFormatException>());
    }

    [Test]
    public void Load_TwoConstantsOfOneName_IsRefused()
    {
        var executable = Onnx(AddWeights(), new ConstantBlob("w", Bytes(Weights)), new ConstantBlob("w", Bytes(Weights)));
        Assert.That(() => Device.Load(executable), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("'w'"));
    }

    [Test]
    public void Load_LargeConstant_DoesNotGrowTheProcessByIt()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("Resident memory is read from /proc.");
        const int count = 16 << 20;
        using var file = new MappedZeros(count * 4L);
        var model = new TinyOnnx().Input("w", DataType.Float32, count).Input("i", DataType.Int64, 1).Output("y", DataType.Float32, 1)
            .Node("Gather", "w i", "y").Build();
        using (Device.Load(Onnx(AddRelu())))
        {
        }

        var before = ResidentBytes();
        using var loaded = Device.Load(Onnx(model, new ConstantBlob("w", file.Memory)));
        using var run = loaded.Prepare([View((long)count - 1)], [default]);
        run.Execute();
        Assert.That(ResidentBytes() - before, Is.LessThan(16L << 20), "the weights are 64 MiB");
    }

    private static byte[] AddWeights() => new TinyOnnx()
        .Input("x", DataType.Float32, Rows).Input("w", DataType.Float32, Rows).Output("y", DataType.Float32, Rows)
        .Node("Add", "x w", "y").Build();

    private static byte[] Gather() => new TinyOnnx()
        .Input("w", DataType.Float32, Rows).Input("i", DataType.Int64, 1).Output("y", DataType.Float32, 1)
        .Node("Gather", "w i", "y").Build();

    private static Memory<byte> Aligned(byte[] data, out Memory<byte> memory)
    {
        var pinned = GC.AllocateArray<byte>(data.Length, pinned: true);
        data.CopyTo(pinned, 0);
        return memory = pinned;
    }

    private float[] RunOnes(CpuExecutable loaded)
    {
        using var run = loaded.Prepare([View([.. Enumerable.Repeat(1f, Rows)])], [default]);
        run.Execute();
        return Values<float>(run.Output(0));
    }

    private static long ResidentBytes()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }
}
