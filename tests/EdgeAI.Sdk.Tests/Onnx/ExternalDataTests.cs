using System.Diagnostics;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Onnx;

/// <summary>Weights beside the model: what is refused, what is shared, and writing them.</summary>
public sealed class ExternalDataTests
{
    private static readonly OnnxWriteOptions Outside = new() { ExternalThreshold = 16, Alignment = 64 };

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("edgeai-external-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("a/../../b", "leads outside")]
    [TestCase("..\\b", "leads outside")]
    [TestCase("C:\\b", "leads outside")]
    [TestCase("/dev/zero", "leads outside")]
    [TestCase("w\0.bin", "leads outside")]
    [TestCase(".", "no such regular file")]
    [TestCase("inner", "no such regular file")]
    [TestCase("inner/", "no such regular file")]
    [TestCase("missing...", "no such regular file")]
    public void Read_HardLocations_AreRefused(string location, string reason)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "inner"));
        Refused(ExternalModel.Bytes(location, 0, 12), reason);
    }

    [Test]
    public void Read_ANameThatNoFileSystemTakes_IsRefused() => Refused(ExternalModel.Bytes(new string('x', 100_000), 0, 12), "more than 255 characters");

    [Test]
    [CancelAfter(20_000)]
    public void Read_APipe_IsRefusedAndNotWaitedFor()
    {
        using var process = OperatingSystem.IsWindows() ? null : Process.Start("mkfifo", [Path.Combine(_folder, "pipe"), Path.Combine(_folder, "pipe.onnx")]);
        process?.WaitForExit();
        Assume.That(process?.ExitCode, Is.Zero, "no pipes in the file system here");
        Refused(ExternalModel.Bytes("pipe", 0, 12), "passes the end of a file of 0 bytes");
        Assert.That(() => OnnxReader.Read(Path.Combine(_folder, "pipe.onnx")), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("not an ONNX model"));
    }

    [Test]
    public void Read_AFolderBehindALink_IsReadAsBefore()
    {
        File.WriteAllBytes(Path.Combine(_folder, "w.bin"), new byte[12]);
        File.WriteAllBytes(Path.Combine(_folder, "m.onnx"), ExternalModel.Bytes("w.bin", 0, 12));
        var link = _folder + "-link";
        Directory.CreateSymbolicLink(link, _folder);
        try
        {
            Assert.That(OnnxReader.Read(Path.Combine(link, "m.onnx")).Graph.Values["w"].Constant!.Data.Length, Is.EqualTo(12));
        }
        finally
        {
            Directory.Delete(link);
        }
    }

    [Test]
    public void Read_WithChecksums_FindsDamage()
    {
        const string OfTwelveZeros = "2c513f149e737ec4063fc1d37aee9beabc4b4bbf";
        File.WriteAllBytes(Path.Combine(_folder, "w.bin"), new byte[12]);
        var path = Path.Combine(_folder, "m.onnx");
        var options = new OnnxReadOptions { VerifyChecksums = true };
        File.WriteAllBytes(path, ExternalModel.Bytes("w.bin", 0, 12, OfTwelveZeros));
        Assert.That(OnnxReader.Read(path, options).Graph.Values, Has.Count.EqualTo(1));
        File.WriteAllBytes(Path.Combine(_folder, "w.bin"), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        Assert.That(() => OnnxReader.Read(path, options), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("SHA-1"));
        Assert.That(OnnxReader.Read(path).Graph.Values, Has.Count.EqualTo(1), "on demand only");
    }

    [Test]
    public void Write_WeightsBeside_ReadsTheSameModelAndWritesTheSameBytes()
    {
        var (path, again) = (Path.Combine(_folder, "m.onnx"), Path.Combine(_folder, "again", "m.onnx"));
        Directory.CreateDirectory(Path.GetDirectoryName(again)!);
        var model = OnnxReader.Read(SharedData.Path("models", "cls", "mnist_cnn_pytorch.onnx"));
        OnnxWriter.Write(model, path, Outside);
        var read = OnnxReader.Read(path);
        ModelComparer.AssertEqual(read, model);
        OnnxWriter.Write(read, again, Outside);
        Assert.That(File.ReadAllBytes(again), Is.EqualTo(File.ReadAllBytes(path)));
        Assert.That(Directory.GetFiles(_folder).Select(Path.GetFileName), Has.Exactly(2).Items.And.Some.Match(@"^m\.onnx\.[0-9a-f]{16}\.data$"));
        Assert.That(new FileInfo(path).Length, Is.LessThan(16 << 10), "the weights are beside it");
        OnnxWriter.Write(read, path, Outside);
        ModelComparer.AssertEqual(OnnxReader.Read(path), model, "written over itself");
    }

    [Test]
    public void Write_WeightsBeside_RunLikeThoseInside()
    {
        var inside = SharedData.Path("models", "cls", "mnist_cnn_pytorch.onnx");
        var path = Path.Combine(_folder, "m.onnx");
        OnnxWriter.Write(OnnxReader.Read(inside), path, Outside);
        using var runtime = EdgeRuntime.Create();
        using var first = runtime.Load(inside);
        using var second = runtime.Load(path);
        var feeds = ModelFeeds.Random(first.Inputs, new Dictionary<string, long>());
        Assert.That(second.Run(feeds)[0].Bytes.ToArray(), Is.EqualTo(first.Run(feeds)[0].Bytes.ToArray()));
    }

    [Test]
    public void Write_AWeightOfTwoValues_LiesInTheFileOnce()
    {
        var graph = new ModelGraph("shared");
        var weight = ConstantTensor.Of<float>(new Shape(100), new float[100]);
        graph.AddOutput(graph.AddConstant("a", weight));
        graph.AddOutput(graph.AddConstant("b", weight));
        OnnxWriter.Write(new Model(graph), Path.Combine(_folder, "m.onnx"), Outside);
        Assert.That(new FileInfo(Directory.GetFiles(_folder, "*.data").Single()).Length, Is.EqualTo(400));
        Assert.That(OnnxReader.Read(Path.Combine(_folder, "m.onnx")).Graph.Constants.Count(), Is.EqualTo(2));
    }

    [Test]
    public void Read_WeightsOfMoreThan2GiB_AreReadVerifiedInferredAndWrittenWithoutBeingTouched()
    {
        const long Each = 1L << 30, Count = 5;
        using (var stream = File.Create(Path.Combine(_folder, "w.bin")))
        {
            // A hole: takes no room on the disk.
            stream.SetLength(Each * Count);
        }

        var path = Path.Combine(_folder, "m.onnx");
        File.WriteAllBytes(path, ExternalModel.Bytes(Each / 4, [.. Enumerable.Range(0, (int)Count).Select(i => ($"w{i}", "w.bin", i * Each, Each))]));
        var before = GC.GetTotalAllocatedBytes();
        var model = OnnxReader.Read(path);
        GraphVerifier.Verify(model);
        ShapeInference.Infer(model);
        Assert.That(model.Graph.Constants.Sum(value => (long)value.Constant!.Data.Length), Is.EqualTo(Each * Count));
        Assert.That(() => OnnxWriter.ToBytes(model), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("ExternalThreshold"));
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(16 << 20));
    }

    [Test]
    [Explicit("writes 2.3 GiB to the disk")]
    public void Write_WeightsOfMoreThan2GiB_ReadsTheSameModel()
    {
        const long Each = 256L << 20, Count = 9;
        var (path, again) = (Path.Combine(_folder, "m.onnx"), Path.Combine(_folder, "again", "m.onnx"));
        Directory.CreateDirectory(Path.GetDirectoryName(again)!);
        using (var stream = File.Create(Path.Combine(_folder, "w.bin")))
        {
            stream.SetLength(Each * Count);
            for (var i = 0; i < Count; i++)
            {
                stream.Position = (i * Each) + (i * 1000);
                stream.WriteByte((byte)(i + 1));
            }
        }

        File.WriteAllBytes(path, ExternalModel.Bytes(Each / 4, [.. Enumerable.Range(0, (int)Count).Select(i => ($"w{i}", "w.bin", i * Each, Each))]));
        var before = GC.GetTotalAllocatedBytes();
        var model = OnnxReader.Read(path);
        OnnxWriter.Write(model, again, Outside with { Alignment = 4096 });
        var read = OnnxReader.Read(again);
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(16 << 20));
        Assert.That(new FileInfo(Directory.GetFiles(Path.GetDirectoryName(again)!, "*.data").Single()).Length, Is.EqualTo(Each * Count));
        Assert.That(read.Graph.Constants.Select(value => value.Name), Is.EqualTo(model.Graph.Constants.Select(value => value.Name)));
        for (var i = 0; i < Count; i++)
        {
            var (first, second) = (model.Graph.Values[$"w{i}"].Constant!, read.Graph.Values[$"w{i}"].Constant!);
            Assert.That(second.Shape, Is.EqualTo(first.Shape));
            Assert.That(second.Data.Span.IndexOfAnyExcept((byte)0), Is.EqualTo(i * 1000));
            Assert.That(second.Data.Span.SequenceEqual(first.Data.Span), Is.True);
        }
    }

    private void Refused(byte[] model, string reason)
    {
        var path = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(path, model);
        Assert.That(() => OnnxReader.Read(path), Throws.InstanceOf<ModelFormatException>().With.Message.Contains(reason));
    }
}
