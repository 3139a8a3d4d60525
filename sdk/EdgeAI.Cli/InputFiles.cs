using System.Runtime.InteropServices;
using EdgeAI.Audio;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Vision;

namespace EdgeAI.Cli;

/// <summary>Turns "name=file" into tensors.</summary>
internal static class InputFiles
{
    /// <summary>A tensor per input of the model, in order.</summary>
    public static IReadOnlyList<EdgeTensor> Read(EdgeModel model, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, long> dimensions)
    {
        var sources = arguments.Select(Split).ToDictionary(pair => pair.Name, pair => pair.Source);
        var unknown = sources.Keys.FirstOrDefault(name => !model.Inputs.Any(input => input.Name == name));
        return unknown is null ? [.. model.Inputs.Select(input => Read(input, sources.GetValueOrDefault(input.Name, "random:0"), dimensions))]
            : throw new TensorMismatchException($"There is no input '{unknown}'. The model has: {string.Join("; ", model.Inputs)}.");
    }

    private static (string Name, string Source) Split(string argument)
    {
        var at = argument.IndexOf('=', StringComparison.Ordinal);
        return at > 0 ? (argument[..at], argument[(at + 1)..])
            : throw new TensorMismatchException($"--input '{argument}': expected name=file, name=random:SEED or name=zeros.");
    }

    private static EdgeTensor Read(TensorSpec spec, string source, IReadOnlyDictionary<string, long> dimensions)
    {
        if (source == "zeros" || source.StartsWith("random:", StringComparison.Ordinal))
        {
            return Made(spec, InputShapes.Assume(spec.Shape, dimensions), source);
        }

        return Path.GetExtension(source) switch
        {
            ".wav" => Wav(spec, source),
            ".png" => Floats(spec, PngDecoder.Read(source).ToPlanes()),
            ".npy" => NpyFile.Read(source),
            ".pb" => Proto(source),
            _ => EdgeTensor.FromBytes(spec.Type, InputShapes.Assume(spec.Shape, dimensions), File.ReadAllBytes(source)),
        };
    }

    private static EdgeTensor Made(TensorSpec spec, Shape shape, string source)
    {
        if (spec.Type == DataType.String)
        {
            return EdgeTensor.OfStrings([.. Enumerable.Repeat("", (int)shape.ElementCount)], shape.ToArray());
        }

        var bytes = new byte[spec.Type.ByteCount(shape.ElementCount)];
        if (source != "zeros" && int.TryParse(source.AsSpan("random:".Length), out var seed))
        {
            Fill(bytes, spec.Type, new Random(seed));
        }

        return EdgeTensor.FromBytes(spec.Type, shape, bytes);
    }

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

    private static EdgeTensor Wav(TensorSpec spec, string path)
    {
        var wav = WavFile.Read(path);
        var wanted = spec.Shape.Dimensions[^1];
        return Floats(spec, wanted.IsKnown ? AudioWindow.Center(wav.Samples.Span, checked((int)wanted.Value)) : wav.Samples.ToArray());
    }

    private static EdgeTensor Floats(TensorSpec spec, float[] values) =>
        EdgeTensor.Of<float>(values, InputShapes.Fit(spec, values.Length).ToArray());

    private static EdgeTensor Proto(string path)
    {
        var tensor = OnnxReader.ReadTensor(File.ReadAllBytes(path));
        return EdgeTensor.FromBytes(tensor.Type, tensor.Shape, tensor.Data.Span);
    }
}
