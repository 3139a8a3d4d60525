using System.Buffers.Binary;
using EdgeAI.Compiler;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Api;

/// <summary>Tiny files that ask for gigabytes are refused before anything is allocated, and every limit is an option.</summary>
public sealed class MemoryLimitTests : ApiFixture
{
    private const long MiB = 1 << 20;

    [Test]
    public void Load_AValueInsideOf20GiB_IsRefusedByNameInLittleMemory()
    {
        var path = FileOf(OneLargeTensor(5L << 30));
        var error = RefusedInLittleMemory(path, LoadOptions.Default);
        Assert.That(error.Message, Does.Contain("'wide'").And.Contain("21,474,836,480 bytes").And.Contain("8,589,934,592").And.Contain("MaxPlanBytes"));
    }

    [Test]
    public void Load_ManyLargeOutputs_AreRefusedAsASum()
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, 1).Initializer("shape", DataType.Int64, [1], Bytes(1L << 30));
        for (var i = 0; i < 5; i++)
        {
            model.Node("Expand", "x shape", $"y{i}").Output($"y{i}", DataType.Float32, 1L << 30);
        }

        var error = RefusedInLittleMemory(FileOf(model.Build()), LoadOptions.Default);
        Assert.That(error.Message, Does.Contain("The plan's tensors take").And.Contain("y0").And.Contain("4,294,967,296 bytes").And.Contain("MaxPlanBytes"));
    }

    [Test]
    public void Load_JustAtTheLimit_RunsAndBelowItIsRefused()
    {
        var path = FileOf(OneLargeTensor(256));
        var exact = LoadOptions.Default with { MaxPlanBytes = 1024 };
        using (var model = Runtime.Load(path, exact))
        {
            Assert.That(model.Run<float>([2]).AsSpan<float>()[0], Is.EqualTo(512));
        }

        Assert.That(() => Runtime.Load(path, exact with { MaxPlanBytes = 1023 }).Dispose(), Throws.InstanceOf<PlacementFailedException>().With.Message.Contains("1,024 bytes"));
    }

    [Test]
    public void Load_WithReadingLimits_ObeysThem() =>
        Assert.That(
            () => Runtime.Load(FileOf(AddRelu()), LoadOptions.Default with { Reading = OnnxReadOptions.Default with { MaxNodes = 1 } }).Dispose(),
            Throws.InstanceOf<ModelFormatException>().With.Message.Contains("MaxNodes"));

    [TestCase(8, 64, 2)]
    [TestCase(2, 64, 0)]
    [TestCase(8, 5, 1)]
    [TestCase(8, 2, 0)]
    public void Simplify_ResultsOf3MiB_FoldWithinBothLimits(long result, long total, int folded)
    {
        var model = OnnxReader.Read(TwoExpands());
        var steps = GraphRewrites.Simplify(model, limits: new FoldingLimits { MaxResultBytes = result * MiB, MaxTotalBytes = total * MiB });
        Assert.That(model.Graph.Nodes.Count(node => node.OpType == "Expand"), Is.EqualTo(2 - folded), string.Join(", ", steps));
    }

    /// <summary>y = the sum of x expanded to many elements.</summary>
    private static byte[] OneLargeTensor(long elements) => new TinyOnnx()
        .Input("x", DataType.Float32, 1).Initializer("shape", DataType.Int64, [1], Bytes(elements)).Output("y", DataType.Float32, 1)
        .Node("Expand", "x shape", "wide").Node("ReduceSum", "wide", "y").Build();

    private static byte[] TwoExpands()
    {
        var model = new TinyOnnx().Initializer("shape", DataType.Int64, [1], Bytes(3 * MiB / 4));
        for (var i = 1; i <= 2; i++)
        {
            model.Initializer($"v{i}", DataType.Int32, [1], BitConverter.GetBytes(i)).Node("Expand", $"v{i} shape", $"e{i}")
                .Input($"x{i}", DataType.Int32, 3 * MiB / 4).Node("Add", $"x{i} e{i}", $"y{i}").Output($"y{i}", DataType.Int32, 3 * MiB / 4);
        }

        return model.Build();
    }

    private static byte[] Bytes(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    private PlacementFailedException RefusedInLittleMemory(string path, LoadOptions options)
    {
        var before = GC.GetTotalAllocatedBytes();
        var error = Assert.Throws<PlacementFailedException>(() => Runtime.Load(path, options).Dispose())!;
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(32 * MiB));
        return error;
    }
}
