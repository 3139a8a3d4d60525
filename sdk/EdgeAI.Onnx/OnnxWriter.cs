using System.Buffers;
using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Files;
using EdgeAI.Onnx.Wire;
using EdgeAI.Onnx.Writing;

namespace EdgeAI.Onnx;

/// <summary>Writes ONNX models. Equal models give equal bytes, and what was read is written again.</summary>
public static class OnnxWriter
{
    /// <summary>Constants of at least this many bytes leave the message when they are written as blobs.</summary>
    private const int BlobThreshold = 128;

    /// <summary>Writes a model with its weights inside.</summary>
    /// <exception cref="ModelFormatException">The model is larger than 2 GiB, where protobuf messages end.</exception>
    public static void Write(Model model, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Message(model).WriteTo(stream);
    }

    /// <inheritdoc cref="Write(Model, Stream)"/>
    public static void Write(Model model, IBufferWriter<byte> buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        Message(model).WriteTo(buffer);
    }

    /// <summary>
    /// Writes a file at once or not at all; it may be the very file whose mapped weights the model holds. Weights that the options
    /// put beside it go first, to a file whose name follows from the model's name and their bytes: whoever opens the model at any
    /// moment finds the old one with its old weights or the new one with its new ones.
    /// </summary>
    /// <exception cref="ModelFormatException">What stands inside the model passes 2 GiB, where protobuf messages end.</exception>
    public static void Write(Model model, string path, OnnxWriteOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= OnnxWriteOptions.Default;
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Alignment, 1);
        if (options.ExternalThreshold is not { } threshold)
        {
            WholeFile.Write(path, Message(model).WriteTo);
            return;
        }

        var weights = new ExternalWeights(Math.Max(1, threshold), options.Alignment);
        PlaceWeights(model, weights);
        weights.Location = $"{Path.GetFileName(path)}.{weights.Digest()}.data";
        var message = Checked(new ModelWriter(null, weights).Write(model));
        var data = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, weights.Location);
        if (weights.Any && !File.Exists(data))
        {
            WholeFile.Write(data, weights.WriteTo);
        }

        WholeFile.Write(path, message.WriteTo);
    }

    private static void PlaceWeights(Model model, ExternalWeights weights)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach (var value in model.Graph.Constants)
        {
            weights.Place(value.Constant!);
        }
    }

    /// <summary>The model as bytes.</summary>
    /// <inheritdoc cref="Write(Model, Stream)"/>
    public static byte[] ToBytes(Model model) => Message(model).ToArray();

    /// <summary>
    /// The model's bytes without its larger constants. These are given beside it, not copied; in the bytes each is an input of
    /// its name, which whoever loads the model makes a constant again.
    /// </summary>
    public static (byte[] Code, ImmutableArray<ConstantBlob> Constants) WriteWithExternalConstants(Model model)
    {
        var blobs = new BlobCollector(BlobThreshold);
        var code = Message(model, blobs).ToArray();
        return (code, blobs.ToImmutable());
    }

    private static ProtoWriter Message(Model model, BlobCollector? blobs = null) => Checked(new ModelWriter(blobs).Write(model));

    private static ProtoWriter Checked(ProtoWriter message) => message.Length <= int.MaxValue ? message
        : throw new ModelFormatException($"The model has {message.Length} bytes; a protobuf message ends at 2 GiB: put its weights beside it ({nameof(OnnxWriteOptions)}.{nameof(OnnxWriteOptions.ExternalThreshold)}).");
}
