using System.Buffers;
using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
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

    /// <summary>Writes a file at once or not at all; it may be the very file whose mapped weights the model holds.</summary>
    /// <inheritdoc cref="Write(Model, Stream)"/>
    public static void Write(Model model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var message = Message(model);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                message.WriteTo(stream);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
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

    private static ProtoWriter Message(Model model, BlobCollector? blobs = null)
    {
        var message = new ModelWriter(blobs).Write(model);
        return message.Length <= int.MaxValue ? message
            : throw new ModelFormatException($"The model has {message.Length} bytes; a protobuf message ends at 2 GiB.");
    }
}
