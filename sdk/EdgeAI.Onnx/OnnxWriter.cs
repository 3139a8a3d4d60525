using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx.Writing;

namespace EdgeAI.Onnx;

/// <summary>Writes ONNX models. Equal models give equal bytes, and what was read is written again.</summary>
public static class OnnxWriter
{
    /// <summary>Constants of at least this many bytes leave the message when they are written as blobs.</summary>
    private const int BlobThreshold = 128;

    /// <summary>Writes a model with its weights inside.</summary>
    public static void Write(Model model, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        new ModelWriter(null).Write(model).WriteTo(stream);
    }

    /// <summary>The model as bytes.</summary>
    public static byte[] ToBytes(Model model) => new ModelWriter(null).Write(model).ToArray();

    /// <summary>
    /// The model's bytes without its larger constants. These are given beside it, not copied; in the bytes each is an input of
    /// its name, which whoever loads the model makes a constant again.
    /// </summary>
    public static (byte[] Code, ImmutableArray<ConstantBlob> Constants) WriteWithExternalConstants(Model model)
    {
        var blobs = new BlobCollector(BlobThreshold);
        var code = new ModelWriter(blobs).Write(model).ToArray();
        return (code, blobs.ToImmutable());
    }
}
