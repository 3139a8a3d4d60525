// Reads the digits of a meter, one picture of 24 × 32 pixels per drum, and prints the reading.
using System.Globalization;
using EdgeAI;
using EdgeAI.Compiler;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Vision;

const int Width = 24, Height = 32;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

if (args.Contains("--help"))
{
    Console.WriteLine("""
        MeterReader: reads the digits of a meter on a simulated NPU.

          MeterReader                  the digits that come with it
          MeterReader d1.png d2.png …  your pictures, left to right: PNG, 24 × 32 pixels, one digit each

        Exit codes: 0 read, 2 bad input, 3 some digit could not be read (printed as ?).
        """);
    return 0;
}

try
{
    return ReadMeter(args);
}
catch (Exception error) when (error is EdgeException or IOException)
{
    Console.Error.WriteLine($"MeterReader: {error.Message}");
    return 2;
}

static int ReadMeter(string[] pictures)
{
    var folder = Path.Combine(AppContext.BaseDirectory, "models");
    if (pictures.Length == 0)
    {
        pictures = [.. "0274".Select(digit => Path.Combine(folder, "samples", $"digit_{digit}.png"))];
    }

    var profile = BoardProfile.ByName("hub");
    using var runtime = EdgeRuntime.Create(devices => devices
        .AddNpu(new SimulatedNpu(NpuConfiguration.ByName(profile.Npu!)))
        .UseProfile(profile));
    using var model = runtime.Load(Path.Combine(folder, "meter_digit_int8.onnx"));
    using var session = model.CreateSession();
    var labels = File.ReadAllLines(Path.Combine(folder, "digit_labels.txt"));
    var reading = "";
    foreach (var path in pictures)
    {
        var picture = PngDecoder.Read(path);
        if (picture is not { Width: Width, Height: Height })
        {
            throw new ImageFormatException($"{path}: {picture.Width} × {picture.Height} pixels; expected {Width} × {Height}");
        }

        picture.ToPlanes().CopyTo(session.Input<float>());
        session.Run();
        var label = labels[IndexOfLargest(session.Output<float>())];
        Console.WriteLine($"{Path.GetFileName(path),-20} {label}");
        reading += label.Length == 1 ? label : "?";
    }

    Console.WriteLine($"reading: {reading}   ({runtime.Clock.GetTimestamp() / 1e6 / pictures.Length:0.000} ms a digit on a simulated '{profile.Name}' board)");
    return reading.Contains('?', StringComparison.Ordinal) ? 3 : 0;
}

static int IndexOfLargest(ReadOnlySpan<float> scores)
{
    var best = 0;
    for (var i = 1; i < scores.Length; i++)
    {
        best = scores[i] > scores[best] ? i : best;
    }

    return best;
}
