using System.Diagnostics;
using EdgeAI.Hal.Cpu;
using EdgeAI.Testing;

namespace EdgeAI.Hal.Tests.Cpu;

/// <summary>Real models, where the shared data is at hand.</summary>
public sealed class SharedModelTests : CpuFixture
{
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

    [TestCase("cls/mobilenetv2_qdq_int8_op11.onnx")]
    [TestCase("own/kws/kws_dscnn_int8.onnx")]
    [TestCase("own/meter/meter_digit.onnx")]
    [TestCase("det/yunet_n_320.onnx")]
    public void SharedModel_WeightsBesideTheModel_GivesTheSameBits(string path)
    {
        var model = Model(path);
        var moved = ExternalizedModel.Read(model);
        TestContext.Out.WriteLine($"{moved.Constants.Length} weights, {moved.Constants.Sum(constant => constant.Data.Length)} of {model.Length} bytes");
        using var whole = Device.Load(Onnx(model));
        using var apart = Device.Load(Onnx(moved.Model, [.. moved.Constants]));
        var inputs = Inputs(whole, [], out var shapes);
        using var wholeRun = whole.Prepare(inputs, shapes, new BufferView[whole.Signature.Outputs.Length]);
        using var apartRun = apart.Prepare(inputs, shapes, new BufferView[whole.Signature.Outputs.Length]);
        wholeRun.Execute();
        apartRun.Execute();
        Assert.That(moved.Constants, Is.Not.Empty);
        Assert.That(Outputs(apartRun, apart), Is.EqualTo(Outputs(wholeRun, whole)));
    }

    [TestCaseSource(nameof(Models))]
    public void SharedModel_SomeInput_RunsTwiceAlikeAndAllocatesNothing(string path, string extents)
    {
        var known = extents.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => long.Parse(pair[1]));
        var watch = Stopwatch.StartNew();
        using var loaded = Device.Load(Onnx(Model(path)));
        var loadTime = watch.Elapsed;
        using var run = loaded.Prepare(Inputs(loaded, known, out var shapes), shapes, new BufferView[loaded.Signature.Outputs.Length]);
        run.Execute();
        var first = Outputs(run, loaded);
        watch.Restart();
        run.Execute();
        var runTime = watch.Elapsed;
        var allocated = LeastAllocated(() => run.Execute());
        TestContext.Out.WriteLine($"{path}: load {loadTime.TotalMilliseconds:F1} ms, run {runTime.TotalMilliseconds:F3} ms, {allocated} bytes");
        Assert.That(allocated, Is.Zero);
        Assert.That(Outputs(run, loaded), Is.EqualTo(first));
    }

    [Test]
    public void SharedModel_TooOldForOnnxRuntime_IsRefused() =>
        Assert.That(() => Device.Load(Onnx(Model("misc/super_resolution_ir1_pytorch02.onnx"))), Throws.TypeOf<ExecutableFormatException>());

    private static IEnumerable<TestCaseData> Models()
    {
        return SharedData.Models().Except(["misc/super_resolution_ir1_pytorch02.onnx", "sensor/mlnet_breastcancer_lr.onnx", .. TooSlowForEveryDay])
            .Select(path => new TestCaseData(path, Extents.GetValueOrDefault(path, "")).SetArgDisplayNames(path));
    }

    // Half a second and more per run; both ran well when this was written.
    private static readonly string[] TooSlowForEveryDay = ["misc/simplified_ssd.onnx", "misc/style_candy_onnxmltools_op7.onnx"];

    // Extents that the models leave open and that cannot all be 1.
    private static readonly Dictionary<string, string> Extents = new()
    {
        ["audio/silero_vad_v6_op16.onnx"] = "input.1=288",
        ["misc/attention_past_state_u8s8.onnx"] = "weight_scale.0=1 weight_zero_point.0=1",
        ["ocr/ppocrv2_cls.onnx"] = "x.2=48 x.3=192",
        ["nlp/tiny_random_gpt2_fp32.onnx"] = "total_seq_len=2 attention_mask.1=2",
    };

    private BufferView[] Inputs(CpuExecutable loaded, Dictionary<string, long> known, out Shape[] shapes)
    {
        shapes = [.. loaded.Signature.Inputs.Select(input => new Shape([.. input.Shape.Select((extent, i) =>
            extent.IsKnown ? extent : Dimension.Of(known.GetValueOrDefault($"{input.Name}.{i}", 1)))]))];
        return [.. loaded.Signature.Inputs.Zip(shapes, (input, shape) => Input(input, shape.ElementCount))];
    }

    private BufferView Input(TensorSpec spec, long count)
    {
        var random = new Random(7);
        var buffer = Device.Allocate(spec.Type.ByteCount(count));
        if (spec.Type == DataType.Float32)
            buffer.Write(0, Bytes([.. Enumerable.Range(0, (int)count).Select(_ => random.NextSingle())]));
        return new BufferView(buffer);
    }

    private static List<OnnxValue> Outputs(CpuRun run, CpuExecutable loaded) =>
        [.. loaded.Signature.Outputs.Select((_, i) => run.ReadOutput(i))];

    private BufferView Text(string text) => new(Buffer(PackedText.Encode(text)));

    private static float[] Probabilities(OnnxValue map)
    {
        var data = ((OnnxValue.Tensor)((OnnxValue.Map)map).Values).Data.AsSpan();
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(data).ToArray();
    }

    private static byte[] Model(string path) => File.ReadAllBytes(Find($"models/{path}"));

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
        var path = SharedData.Path(relative.Split('/'));
        if (!File.Exists(path))
            Assert.Ignore($"The shared file {relative} is not here.");
        return path;
    }
}
