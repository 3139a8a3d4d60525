using EdgeAI.Graph;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Onnx;

public sealed class OnnxBadInputTests
{
    [Test]
    public void Read_OtherFile_SaysThatItIsNoModel()
    {
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "not-onnx.txt");
        File.WriteAllText(path, "Lorem ipsum dolor sit amet");
        Assert.That(() => OnnxReader.Read(path), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("not-onnx.txt"));
        Assert.That(() => OnnxReader.Read(Array.Empty<byte>()), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("not an ONNX model"));
    }

    [Test]
    public void Read_MissingFile_NamesIt() =>
        Assert.That(() => OnnxReader.Read("no-such-model.onnx"), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("no-such-model.onnx"));

    [Test]
    public void Read_TruncatedAtAnyByte_IsRefusedOrStillAModel()
    {
        var bytes = OnnxWriter.ToBytes(SmallModels.Branches());
        for (var length = 0; length < bytes.Length; length++)
        {
            AssertModelOrError(bytes.AsMemory(0, length), $"length {length}");
        }
    }

    [TestCase("sensor/mlnet_breastcancer_lr.onnx")]
    [TestCase("sensor/gesture_history_lstm.onnx")]
    [TestCase("misc/light_squeezenet_caffe2.onnx")]
    public void Read_RealModelTruncatedAtEvery37thByte_SaysSo(string name)
    {
        var bytes = File.ReadAllBytes(SharedData.Path("models", name));
        for (var length = 0; length < bytes.Length; length += 37)
        {
            AssertModelOrError(bytes.AsMemory(0, length), $"length {length}");
        }

        Assert.That(() => OnnxReader.Read(bytes.AsMemory(0, bytes.Length / 2)), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("truncated"));
    }

    [Test]
    public void Read_MutatedModels_GiveModelsOrTypedErrors([Values(1, 2, 3, 4)] int seed)
    {
        var random = new Random(seed);
        var seeds = new List<byte[]> { OnnxWriter.ToBytes(SmallModels.Add()), OnnxWriter.ToBytes(SmallModels.Branches()), OnnxWriter.ToBytes(SmallModels.AllAttributes()) };
        if (SharedData.IsHere)
        {
            seeds.Add(File.ReadAllBytes(SharedData.Path("models", "sensor", "gesture_history_lstm.onnx")));
            seeds.Add(File.ReadAllBytes(SharedData.Path("models", "cls", "mnist_qoperator_int8.onnx")));
        }

        for (var round = 0; round < 3000; round++)
        {
            var bytes = seeds[random.Next(seeds.Count)].ToArray();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            AssertModelOrError(bytes, $"seed {seed}, round {round}");
        }
    }

    [TestCase("../secret.bin", "leads outside")]
    [TestCase("/etc/hostname", "leads outside")]
    [TestCase("sub/../../secret.bin", "leads outside")]
    [TestCase("missing.bin", "no such regular file")]
    [TestCase("link.bin", "passes a link")]
    [TestCase("linked/inner.bin", "passes a link")]
    [TestCase("", "leads outside")]
    public void Read_ExternalDataOutsideTheFolder_IsRefused(string location, string reason)
    {
        var folder = Directory.CreateTempSubdirectory("edgeai-external").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "secret.bin"), new byte[64]);
            var inside = Directory.CreateDirectory(Path.Combine(folder, "model")).FullName;
            File.CreateSymbolicLink(Path.Combine(inside, "link.bin"), Path.Combine(folder, "secret.bin"));
            Directory.CreateSymbolicLink(Path.Combine(inside, "linked"), folder);
            File.WriteAllBytes(Path.Combine(inside, "m.onnx"), ExternalModel.Bytes(location, 0, 12));
            Assert.That(() => OnnxReader.Read(Path.Combine(inside, "m.onnx")), Throws.InstanceOf<ModelFormatException>().With.Message.Contains(reason));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [TestCase(0, 12, null)]
    [TestCase(4, 12, null)]
    [TestCase(8, 12, "passes the end of a file of 16 bytes")]
    [TestCase(-4, 12, "passes the end")]
    [TestCase(0, 13, "12 bytes")]
    [TestCase(long.MaxValue - 4, 12, "passes the end")]
    public void Read_ExternalDataRanges_AreChecked(long offset, long length, string? reason)
    {
        var folder = Directory.CreateTempSubdirectory("edgeai-external").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "w.bin"), [0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64]);
            File.WriteAllBytes(Path.Combine(folder, "m.onnx"), ExternalModel.Bytes("w.bin", offset, length));
            if (reason is null)
            {
                var expected = new float[] { 0, 1, 2, 3 }.AsSpan((int)offset / 4, 3).ToArray();
                Assert.That(OnnxReader.Read(Path.Combine(folder, "m.onnx")).Graph.Values["w"].Constant!.AsSpan<float>().ToArray(), Is.EqualTo(expected));
            }
            else
            {
                Assert.That(() => OnnxReader.Read(Path.Combine(folder, "m.onnx")), Throws.InstanceOf<ModelFormatException>().With.Message.Contains(reason));
            }
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Test]
    public void Read_ExternalDataFromMemory_IsRefused() =>
        Assert.That(() => OnnxReader.Read(ExternalModel.Bytes("w.bin", 0, 12)), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("read from memory"));

    [Test]
    public void Read_NodesInACircle_NamesThem() =>
        Assert.That(() => OnnxReader.Read(RawModels.Circle()), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("cycle").And.Message.Contains("'a'"));

    [Test]
    public void Read_NodesOutOfOrder_AreSorted()
    {
        var model = OnnxReader.Read(RawModels.OutOfOrder());
        Assert.That(model.Graph.Nodes.Select(node => node.Name), Is.EqualTo(new[] { "first", "second" }));
    }

    [Test]
    public void Read_UnknownOperand_NamesNodeAndValue() =>
        Assert.That(() => OnnxReader.Read(RawModels.UnknownOperand()), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("'n' (Relu)").And.Message.Contains("'ghost'"));

    [Test]
    public void Read_HugeExtents_AreRefusedWithoutAllocating()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => OnnxReader.Read(RawModels.HugeTensor()), Throws.InstanceOf<ModelFormatException>());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
    }

    [Test]
    public void Read_DeepNesting_IsRefused() =>
        Assert.That(() => OnnxReader.Read(RawModels.Deep(300)), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("deeper than"));

    private static void AssertModelOrError(ReadOnlyMemory<byte> bytes, string what)
    {
        try
        {
            var model = OnnxReader.Read(bytes);
            GraphVerifier.Verify(model);
            ShapeInference.Infer(model);
        }
        catch (ModelFormatException error)
        {
            Assert.That(error.Message, Is.Not.Empty, what);
        }
        catch (Exception error)
        {
            Assert.Fail($"{what}: {error}");
        }
    }
}
