using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Programs;

[NonParallelizable]
public sealed class SampleTests
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "models", "samples");

    [Test]
    public void VoiceSwitch_ItsOwnRecordings_SwitchTheLightOnAndOff()
    {
        var run = ProgramRun.Of("VoiceSwitch");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("\"lights\"").And.Contain("\"on\"").And.Contain("\"off\""));
        Assert.That(run.Output, Does.Match("GPIO 17 → high(.|\n)*GPIO 17 → low"));
        Assert.That(run.Output, Does.Contain("npu").And.Contain("dsp").And.Contain("simulated"));
    }

    [TestCase("stop_clean.wav", "stop")]
    [TestCase("yes_clean.wav", "yes")]
    [TestCase("go_clean.wav", "go")]
    [TestCase("silence_clean.wav", "silence")]
    public void VoiceSwitch_OtherWords_AreHeardAndSwitchNothing(string file, string word)
    {
        var run = ProgramRun.Of("VoiceSwitch", Path.Combine(Samples, file));
        Assert.That(run.Output, Does.Contain($"\"{word}\"").And.Not.Contain("GPIO"));
    }

    [Test]
    public void VoiceSwitch_NotAWav_NamesTheFileAndReturns2()
    {
        var run = ProgramRun.Of("VoiceSwitch", Path.Combine(Samples, "..", "labels.txt"));
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("labels.txt").And.Contain("not a WAV file"));
    }

    [Test]
    public void VoiceSwitch_ModelOfOtherWords_SaysSoAndReturns2()
    {
        using var model = new TemporaryModel(new TinyOnnx()
            .Input("x", DataType.Float32, 1, 16000).Output("y", DataType.Float32, 1, 16000).Node("Relu", "x", "y").Build());
        var run = ProgramRun.Of("VoiceSwitch", "--model", model.Path);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Is.EqualTo($"VoiceSwitch: The model gives 16000 scores; expected 12, one for each word in labels.txt.{Environment.NewLine}"));
    }

    [Test]
    public void MeterReader_ItsOwnDigits_ReadsThem()
    {
        var run = ProgramRun.Of("MeterReader");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("reading: 0274"));
    }

    [Test]
    public void MeterReader_EveryDigit_IsRead()
    {
        var files = Enumerable.Range(0, 10).Select(digit => Path.Combine(Samples, $"digit_{digit}.png")).ToArray();
        Assert.That(ProgramRun.Of("MeterReader", files).Output, Does.Contain("reading: 0123456789"));
    }

    [Test]
    public void MeterReader_NoDigit_IsPrintedAsUnknown()
    {
        var run = ProgramRun.Of("MeterReader", Path.Combine(Samples, "digit_NaN.png"));
        Assert.That(run.ExitCode, Is.EqualTo(3));
        Assert.That(run.Output, Does.Contain("reading: ?"));
    }
}
