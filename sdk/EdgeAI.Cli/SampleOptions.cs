using System.CommandLine;
using System.Globalization;
using EdgeAI.Hal;

namespace EdgeAI.Cli;

/// <summary>How files become what a model's input wants.</summary>
internal sealed class SampleOptions
{
    public Option<string?> Divide { get; } = new("--divide") { Description = "Numbers are divided by this. Default: 255 for pictures and bytes, 32768 for 16-bit integers, else 1." };

    public Option<string?> Mean { get; } = new("--mean") { Description = "Taken off each channel of a picture after dividing: 0.485,0.456,0.406, or one number for all." };

    public Option<string?> Deviation { get; } = new("--std") { Description = "Each channel of a picture is divided by this at last: 0.229,0.224,0.225, or one number for all." };

    public Option<bool> Bgr { get; } = new("--bgr") { Description = "Pictures are fed blue first." };

    public Option<int> Rate { get; } = new("--rate") { Description = "Samples per second of .wav files.", DefaultValueFactory = _ => 16000 };

    public Option<int?> Limit { get; } = new("--samples") { Description = "At most so many samples are used." };

    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[Divide, Mean, Deviation, Bgr, Rate, Limit])
        {
            command.Add(option);
        }
    }

    public SampleSettings Read(ParseResult parsed) => new(
        parsed.GetValue(Divide) is { } text ? Divisor("--divide", text) : null, Numbers("--mean", parsed.GetValue(Mean)), Divisors("--std", parsed.GetValue(Deviation)),
        parsed.GetValue(Bgr), Positive("--rate", parsed.GetValue(Rate)), Positive("--samples", parsed.GetValue(Limit) ?? int.MaxValue));

    private static int Positive(string option, int number) => number > 0 ? number : throw new TensorMismatchException($"{option} {number}: expected at least 1.");

    private static float Divisor(string option, string text) =>
        Divisors(option, text) is [var only] ? only : throw new TensorMismatchException($"{option} '{text}': expected one number.");

    private static float[] Divisors(string option, string? text) =>
        Numbers(option, text) is var numbers && !numbers.Contains(0) ? numbers : throw new TensorMismatchException($"{option} '{text}': nothing is divided by 0.");

    private static float[] Numbers(string option, string? text) =>
        text is null ? [] : [.. text.Split(',', StringSplitOptions.TrimEntries).Select(item => Number(option, item))];

    private static float Number(string option, string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number) ? number
            : throw new TensorMismatchException($"{option} '{text}': expected a number; several are separated by commas.");
}

/// <summary>The settings as given.</summary>
internal sealed record SampleSettings(float? Divisor, float[] Mean, float[] Deviation, bool IsBlueFirst, int Rate, int Limit)
{
    /// <summary>What a picture's byte, or an array's, becomes.</summary>
    public float Adjust(float value, int channel) => ((value / (Divisor ?? byte.MaxValue)) - Of(Mean, channel, 0)) / Of(Deviation, channel, 1);

    /// <exception cref="TensorMismatchException">Some option says nothing of pictures of so many channels.</exception>
    public void CheckPicture(int channels)
    {
        Require(Mean.Length is 0 or 1 || Mean.Length == channels, $"--mean has {Mean.Length} numbers; expected one, or {channels}: one for each channel of the input.");
        Require(Deviation.Length is 0 or 1 || Deviation.Length == channels, $"--std has {Deviation.Length} numbers; expected one, or {channels}: one for each channel of the input.");
        Require(!IsBlueFirst || channels == 3, $"--bgr: the input has {channels} channel; expected 3.");
    }

    /// <exception cref="TensorMismatchException">Some option is for pictures.</exception>
    public void CheckNumbers() => Require(Mean.Length == 0 && Deviation.Length == 0 && !IsBlueFirst, "--mean, --std and --bgr are for pictures: these samples have no channels that are known.");

    private static float Of(float[] numbers, int channel, float standard) => numbers.Length == 0 ? standard : numbers[numbers.Length == 1 ? 0 : channel];

    private static void Require(bool isRight, string problem)
    {
        if (!isRight)
        {
            throw new TensorMismatchException(problem);
        }
    }
}
