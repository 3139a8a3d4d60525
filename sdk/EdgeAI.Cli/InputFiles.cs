using System.Runtime.InteropServices;
using EdgeAI.Audio;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Vision;

namespace EdgeAI.Cli;

/// <summary>Turns "name=file" into tensors.</summary>
internal static class InputFiles
{
    /// <summary>A tensor per input of the model, in order; WAV files must have that many samples per second.</summary>
    public static IReadOnlyList<EdgeTensor> Read(EdgeModel model, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, long> dimensions, int rate)
    {
        var sources = Sources(arguments);
        var unknown = sources.Keys.FirstOrDefault(name => !model.Inputs.Any(input => input.Name == name));
        return unknown is null ? [.. model.Inputs.Select(input => Read(input, sources.GetValueOrDefault(input.Name, "random:0"), dimensions, rate))]
            : throw new TensorMismatchException($"There is no input '{unknown}'. The model has: {string.Join("; ", model.Inputs)}.");
    }

    private static Dictionary<string, string> Sources(IReadOnlyList<string> arguments)
    {
        var sources = new Dictionary<string, string>();
        foreach (var (name, source) in arguments.Select(Split))
        {
            if (!sources.TryAdd(name, source))
            {
                throw new TensorMismatchException($"--input '{name}' is given twice: {sources[name]} and {source}.");
            }
        }

        return sources;
    }

    private static (string Name, string Source) Split(string argument)
    {
        var at = argument.IndexOf('=', StringComparison.Ordinal);
        return at > 0 && at < argument.Length - 1 ? (argument[..at], argument[(at + 1)..])
            : throw new TensorMismatchException($"--input '{argument}': expected name=file, name=random:SEED or name=zeros.");
    }

    private static EdgeTensor Read(TensorSpec spec, string source, IReadOnlyDictionary<string, long> dimensions, int rate)
    {
        if (source == "zeros" || source.StartsWith("random:", StringComparison.Ordinal))
        {
            return Made(spec, Static(spec, dimensions), source);
        }

        return Path.GetExtension(source).ToLowerInvariant() is ".wav" or ".png" or ".npy" or ".pb" ? ReadFile(spec, source, rate)
            : EdgeTensor.FromBytes(spec.Type, Static(spec, dimensions), File.ReadAllBytes(source));
    }

    /// <summary>A file that says itself what it is.</summary>
    public static EdgeTensor ReadFile(TensorSpec spec, string path, int rate) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".wav" => Wav(spec, path, rate),
        ".png" => Floats(spec, PngDecoder.Read(path).ToPlanes()),
        ".npy" => NumpyFile.Read(path),
        _ => Proto(path),
    };

    private static Shape Static(TensorSpec spec, IReadOnlyDictionary<string, long> dimensions)
    {
        var shape = InputShapes.Assume(spec, dimensions);
        if (!shape.HasRank)
        {
            throw new TensorMismatchException($"Input '{spec}' has no declared rank; give a file with a shape: .npy or .pb.");
        }

        // In floating point, where no product overflows; zero extents count as one, as an overflow before them would be one too.
        var size = shape.Aggregate(ElementBytes(spec.Type), (product, extent) => product * Math.Max(extent.Value, 1));
        return size <= Array.MaxLength ? shape
            : throw new TensorMismatchException($"Input '{spec.Name}' as {spec.Type}{shape} takes {size:0} bytes; at most 2 GiB are read: give a smaller --dim.");
    }

    private static double ElementBytes(DataType type) => type.IsFixedSize() ? type.BitCount() / 8.0 : IntPtr.Size;

    private static EdgeTensor Made(TensorSpec spec, Shape shape, string source)
    {
        if (spec.Type == DataType.String)
        {
            return EdgeTensor.OfStrings([.. Enumerable.Repeat("", (int)shape.ElementCount)], shape.ToArray());
        }

        var bytes = new byte[spec.Type.ByteCount(shape.ElementCount)];
        if (source != "zeros")
        {
            Fill(bytes, spec.Type, new Random(Seed(spec, source)));
        }

        return EdgeTensor.FromBytes(spec.Type, shape, bytes);
    }

    private static int Seed(TensorSpec spec, string source) =>
        int.TryParse(source.AsSpan("random:".Length), out var seed) ? seed
            : throw new TensorMismatchException($"--input '{spec.Name}={source}': expected a number after 'random:'.");

    private static void Fill(byte[] bytes, DataType type, Random random)
    {
        switch (type)
        {
            case DataType.Float32:
                foreach (ref var value in MemoryMarshal.Cast<byte, float>(bytes.AsSpan()))
                {
                    value = (random.NextSingle() * 2) - 1;
                }

                break;
            case DataType.Int8 or DataType.UInt8:
                random.NextBytes(bytes);
                break;
            default:
                // Indices, masks, half floats: zero is valid for all of them, random bits are not.
                break;
        }
    }

    private static EdgeTensor Wav(TensorSpec spec, string path, int rate)
    {
        if (spec.Shape.Rank == 0)
        {
            throw new TensorMismatchException($"Input '{spec}' cannot be fed with {path}: a WAV file needs an input of rank 1 or more.");
        }

        var wav = WavFile.Read(path);
        if (wav.SampleRate != rate)
        {
            throw new TensorMismatchException($"{path}: {wav.SampleRate} Hz; expected {rate}: resample the file, or give --rate {wav.SampleRate} if the model hears that rate.");
        }

        var wanted = spec.Shape.Dimensions[^1];
        return Floats(spec, wanted.IsKnown ? Window(spec, wav, wanted.Value) : wav.Samples.ToArray());
    }

    private static float[] Window(TensorSpec spec, WavFile wav, long length) =>
        length <= Array.MaxLength / sizeof(float) ? AudioWindow.Center(wav.Samples.Span, (int)length)
            : throw new TensorMismatchException($"Input '{spec}' wants {length} samples; at most 2 GiB are read.");

    private static EdgeTensor Floats(TensorSpec spec, float[] values) =>
        EdgeTensor.Of<float>(values, InputShapes.Fit(spec, values.Length).ToArray());

    private static EdgeTensor Proto(string path)
    {
        var tensor = OnnxReader.ReadTensor(File.ReadAllBytes(path));
        return EdgeTensor.FromBytes(tensor.Type, tensor.Shape, tensor.Data.Span);
    }
}
