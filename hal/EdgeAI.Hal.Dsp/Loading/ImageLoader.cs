using System.Collections.Immutable;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Hal.Dsp.Loading;

/// <summary>From an executable's bytes to a verified image that agrees with the executable's signature and constants.</summary>
internal static class ImageLoader
{
    /// <exception cref="ExecutableFormatException">They do not agree, or the program breaks a rule.</exception>
    public static DspImage Load(Executable executable, DspConfiguration configuration, string deviceId)
    {
        if (executable.Format != DspImage.Format)
        {
            throw new ExecutableFormatException($"Device '{deviceId}' loads '{DspImage.Format}'; found '{executable.Format}'.");
        }

        var image = DspImage.Parse(executable.Code.Span);
        Compare("constants", image.Regions.Constants, [.. executable.Constants.Select(blob => (long)blob.Data.Length)]);
        Compare("inputs", image.Regions.Inputs, Sizes(executable.Signature.Inputs));
        Compare("outputs", image.Regions.Outputs, Sizes(executable.Signature.Outputs));
        ProgramVerifier.Verify(image, configuration);
        return image;
    }

    private static ImmutableArray<long> Sizes(ImmutableArray<TensorSpec> specs)
    {
        foreach (var spec in specs)
        {
            if (!spec.HasByteCount)
            {
                throw new ExecutableFormatException($"Tensor {spec} of a {DspImage.Format} executable has no fixed size.");
            }
        }

        return [.. specs.Select(spec => spec.ByteCount)];
    }

    private static void Compare(string what, ImmutableArray<long> image, ImmutableArray<long> executable)
    {
        if (!image.AsSpan().SequenceEqual(executable.AsSpan()))
        {
            throw new ExecutableFormatException(
                $"The image's {what} have [{string.Join(", ", image)}] bytes; the executable's have [{string.Join(", ", executable)}].");
        }
    }
}
