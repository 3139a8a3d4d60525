using EdgeAI.Hal.Cpu;

namespace EdgeAI.Hal.Tests.Cpu;

/// <summary>Real models, where the shared data is at hand.</summary>
public sealed class SharedModelTests : CpuFixture
{
    private static readonly string? Root = Environment.GetEnvironmentVariable("EDGEAI_SHARED") ?? Search();

    [Test]
    public void MlNetModel_StringInput_Runs()
    {
        using var loaded = Device.Load(Onnx(Model("sensor/mlnet_breastcancer_lr.onnx")));
        using var run = loaded.Prepare([Text("2"), View(5f, 1f, 1f, 1f, 2f, 1f, 3f, 1f)], [default, default, default, default]);
        run.Execute();
        Assert.Multiple(() =>
        {
            Assert.That(run.OutputSpec(3), Is.EqualTo(new TensorSpec("Score.onnx", DataType.Float32, new Shape(1, 10))));
            Assert.That(Values<float>(run.Output(3)).Sum(), Is.EqualTo(1).Within(1e-5));
            Assert.That(Values<float>(run.Output(1)), Is.EqualTo(new[] { 0.5f, 0.1f, 0.1f, 0.1f, 0.2f, 0.1f, 0.3f, 0.1f }).Within(1e-6), "the model scales by 0.1");
        });
    }

    [Test]
    public void IrisForest_SequenceOfMaps_CanBeRead()
    {
        using var loaded = Device.Load(Onnx(Model("sensor/rf_iris_sklearn.onnx")));
        using var run = loaded.Prepare([View(5.1f, 3.5f, 1.4f, 0.2f, 6.7f, 3.0f, 5.2f, 2.3f)], [default, default]);
        run.Execute();
        var maps = ((OnnxValue.Sequence)run.ReadOutput(1)).Items;
        Assert.Multiple(() =>
        {
            Assert.That(Values<long>(run.Output(0)), Is.EqualTo(new[] { 0L, 2L }));
            Assert.That(maps, Has.Length.EqualTo(2));
            Assert.That(Probabilities(maps[0])[0], Is.GreaterThan(0.9f));
            Assert.That(Probabilities(maps[1])[2], Is.GreaterThan(0.9f));
            Assert.That(((OnnxValue.Tensor)((OnnxValue.Map)maps[0]).Keys).Data, Is.EqualTo(Bytes(0L, 1L, 2L)));
            Assert.That(run.ReadOutput(1), Is.EqualTo(run.ReadOutput(1)));
            Assert.That(() => run.Output(1), Throws.TypeOf<TensorMismatchException>().With.Message.Contains("Sequence"));
        });
    }

    [Test]
    public void MobileNet_ReferenceInput_GivesTheReferenceOutput()
    {
        var input = Payload("inputs/reference/mobilenetv2_qdq_input.pb", 3 * 244 * 244 * 4);
        var expected = Payload("inputs/reference/mobilenetv2_qdq_output.pb", 1000 * 4);
        using var loaded = Device.Load(Onnx(Model("cls/mobilenetv2_qdq_int8_op11.onnx")));
        using var run = loaded.Prepare([View(input)], [default]);
        run.Execute();
        Assert.That(Values<byte>(run.Output(0)), Is.EqualTo(expected));
    }

    [TestCase("audio/gtcrn_stream.onnx")]
    [TestCase("audio/mlperf_tiny_dscnn_kws_fp16.onnx")]
    [TestCase("cls/mnist_cntk.onnx")]
    [TestCase("cls/mnist_qoperator_int8.onnx")]
    [TestCase("cls/flowers_mobilenetv2_035_128_tf.onnx")]
    [TestCase("det/yunet_n_320.onnx")]
    [TestCase("own/kws/kws_dscnn_int8.onnx")]
    [TestCase("own/meter/meter_digit_int8.onnx")]
    [TestCase("sensor/autoencoder1d_op20.onnx")]
    [TestCase("sensor/mlperf_tiny_ad_autoencoder_fp32.onnx")]
    public void SharedModel_ZeroInputs_RunsAndAllocatesNothing(string path)
    {
        using var loaded = Device.Load(Onnx(Model(path)));
        var shapes = loaded.Signature.Inputs.Select(input => new Shape([.. input.Shape.Select(extent => extent.IsKnown ? extent : Dimension.Of(1))])).ToArray();
        var inputs = loaded.Signature.Inputs.Select((input, i) => new BufferView(Device.Allocate(input.Type.ByteCount(shapes[i].ElementCount)))).ToArray();
        using var run = loaded.Prepare(inputs, shapes, new BufferView[loaded.Signature.Outputs.Length]);
        run.Execute();
        run.Execute();
        var before = GC.GetAllocatedBytesForCurrentThread();
        run.Execute();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Multiple(() =>
        {
            Assert.That(allocated, Is.Zero);
            Assert.That(run.OutputSpec(0).Shape.IsStatic);
            Assert.That(run.Output(0).ByteCount, Is.EqualTo(run.OutputSpec(0).ByteCount));
        });
    }

    private BufferView Text(string text) => new(Buffer(PackedText.Encode(text)));

    private static float[] Probabilities(OnnxValue map)
    {
        var data = ((OnnxValue.Tensor)((OnnxValue.Map)map).Values).Data.AsSpan();
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(data).ToArray();
    }

    private static byte[] Model(string path) => File.ReadAllBytes(Find(Path.Combine("models", path)));

    // A TensorProto whose raw data is its last or only large field: the payload is found by its size.
    private static byte[] Payload(string path, int length)
    {
        var file = File.ReadAllBytes(Find(path));
        var start = file.AsSpan().IndexOf([(byte)0x4A, .. Varint(length)]);
        return file.AsSpan(start + 1 + Varint(length).Length, length).ToArray();
    }

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static string Find(string relative)
    {
        var path = Root is null ? null : Path.Combine(Root, relative);
        if (!File.Exists(path))
            Assert.Ignore($"The shared file {relative} is not here.");
        return path!;
    }

    private static string? Search()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "shared", "models")))
                return Path.Combine(folder.FullName, "shared");
        }

        return null;
    }
}
