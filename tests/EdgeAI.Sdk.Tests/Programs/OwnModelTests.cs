using System.Text.Json;
using EdgeAI.Audio;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal.Npu;
using EdgeAI.Vision;

namespace EdgeAI.Sdk.Tests.Programs;

/// <summary>The project's own models on their own inputs, against the outputs that were recorded when they were made.</summary>
public sealed class OwnModelTests
{
    /// <summary>The recorded outputs have six decimals.</summary>
    private const float Rounding = 2e-6f;

    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "samples", "models");

    [TestCase(false)]
    [TestCase(true)]
    public void KeywordModel_ItsRecordings_GiveTheRecordedLogits(bool onNpu)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(Samples, "kws", "samples", "expected.json")));
        using var runtime = Create(onNpu);
        using var model = runtime.Load(Path.Combine(Samples, "kws", "kws_dscnn_int8.onnx"));
        var files = Directory.GetFiles(Path.Combine(Samples, "kws", "samples"), "*.wav");
        Assert.That(files, Has.Length.EqualTo(12));
        foreach (var file in files)
        {
            var logits = model.Run<float>(AudioWindow.Center(WavFile.Read(file).Samples.Span, 16000)).AsSpan<float>().ToArray();
            Assert.That(logits, Is.EqualTo(Numbers(expected, Path.GetFileName(file), "kws_dscnn_int8")).Within(Rounding), file);
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public void DigitModel_ItsPictures_GiveTheRecordedLogits(bool onNpu)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(Samples, "meter", "samples", "expected.json")));
        using var runtime = Create(onNpu);
        using var model = runtime.Load(Path.Combine(Samples, "meter", "meter_digit_int8.onnx"));
        foreach (var file in Directory.GetFiles(Path.Combine(Samples, "meter", "samples"), "*.png"))
        {
            var logits = model.Run<float>(PngDecoder.Read(file).ToPlanes()).AsSpan<float>().ToArray();
            Assert.That(logits, Is.EqualTo(Numbers(expected, Path.GetFileName(file), "int8")).Within(Rounding), file);
        }
    }

    private static EdgeRuntime Create(bool onNpu) =>
        EdgeRuntime.Create(devices => _ = onNpu ? devices.AddNpu(new SimulatedNpu(NpuConfiguration.Micro256)) : devices.AddCpu());

    private static float[] Numbers(JsonDocument document, string file, string model) =>
        [.. document.RootElement.GetProperty(file).GetProperty(model).EnumerateArray().Select(number => number.GetSingle())];
}
