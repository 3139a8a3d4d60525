// Hears words in WAV files and switches a light: "on" and "off" set the pin, "lights" toggles it.
using System.Globalization;
using EdgeAI;
using EdgeAI.Audio;
using EdgeAI.Compiler;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Drivers.Simulation.Io;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Io;
using EdgeAI.Hal.Npu;

const int LightPin = 17;
const float Threshold = 0.7f;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

if (args.Contains("--help"))
{
    Console.WriteLine("""
        VoiceSwitch: hears key words and switches a simulated GPIO pin.

          VoiceSwitch                       the words "lights", "on", "off" that come with it
          VoiceSwitch hello.wav …           your recordings: 16 kHz, one second around the word
          VoiceSwitch --model kws.onnx …    another model of the same form

        Exit codes: 0 heard, 2 bad input, 3 no word was certain enough.
        """);
    return 0;
}

var folder = Path.Combine(AppContext.BaseDirectory, "models");
var modelFlag = Array.IndexOf(args, "--model");
var modelPath = modelFlag >= 0 && modelFlag + 1 < args.Length ? args[modelFlag + 1] : Path.Combine(folder, "kws_dscnn_int8.onnx");
var recordings = args.Where((arg, i) => modelFlag < 0 || (i != modelFlag && i != modelFlag + 1)).ToArray();
if (recordings.Length == 0)
{
    recordings = [.. "lights_clean on_clean off_noisy".Split(' ').Select(name => Path.Combine(folder, "samples", name + ".wav"))];
}

try
{
    return Listen(modelPath, recordings);
}
catch (Exception error) when (error is EdgeException or IOException)
{
    Console.Error.WriteLine($"VoiceSwitch: {error.Message}");
    return 2;
}

int Listen(string path, string[] files)
{
    var profile = BoardProfile.ByName("hub");
    using var runtime = EdgeRuntime.Create(devices => devices
        .AddCpu()
        .AddNpu(new SimulatedNpu(NpuConfiguration.ByName(profile.Npu!)))
        .AddDsp(new SimulatedDsp(DspConfiguration.ByName(profile.Dsp!)))
        .UseProfile(profile));
    using var gpio = new SimulatedGpio();
    gpio.Open(LightPin, PinMode.Output);
    gpio.Changed += (pin, high) => Console.WriteLine($"      GPIO {pin} → {(high ? "high: light on" : "low: light off")}");

    using var model = runtime.Load(path);
    Console.WriteLine(model.Plan.Explain());
    var labels = File.ReadAllLines(Path.Combine(folder, "labels.txt"));
    var heard = 0;
    ModelResult? last = null;
    foreach (var file in files)
    {
        var wav = WavFile.Read(file);
        if (wav.SampleRate != 16000)
        {
            throw new AudioFormatException($"{file}: {wav.SampleRate} Hz; expected 16000");
        }

        last = model.Run<float>(AudioWindow.Center(wav.Samples.Span, 16000));
        var (word, probability) = Best(last.AsSpan<float>(), labels);
        Console.WriteLine($"{Path.GetFileName(file),-20} \"{word}\" {probability:P1}{(probability < Threshold ? " (not certain enough)" : "")}");
        heard += probability >= Threshold ? 1 : 0;
        Switch(gpio, probability >= Threshold ? word : "");
    }

    Console.WriteLine();
    Console.WriteLine("the last run, step by step (predicted by the plan, simulated by the devices, wall time of this machine):");
    Console.WriteLine(last!.ExplainTrace());
    return heard > 0 ? 0 : 3;
}

static void Switch(GpioPort gpio, string word)
{
    switch (word)
    {
        case "on" or "off":
            gpio.Write(LightPin, word == "on");
            break;
        case "lights":
            gpio.Write(LightPin, !gpio.Read(LightPin));
            break;
    }
}

static (string Word, float Probability) Best(ReadOnlySpan<float> logits, string[] labels)
{
    if (logits.Length != labels.Length)
    {
        throw new TensorMismatchException($"The model gives {logits.Length} scores; expected {labels.Length}, one for each word in labels.txt.");
    }

    var (best, sum) = (0, 0f);
    for (var i = 0; i < logits.Length; i++)
    {
        best = logits[i] > logits[best] ? i : best;
    }

    foreach (var logit in logits)
    {
        sum += MathF.Exp(logit - logits[best]);
    }

    return (labels[best], 1 / sum);
}
