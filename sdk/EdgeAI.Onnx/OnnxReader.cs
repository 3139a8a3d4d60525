using EdgeAI.Graph;
using EdgeAI.Onnx.Reading;

namespace EdgeAI.Onnx;

/// <summary>
/// Reads ONNX models. Weights are slices of the mapped file, not copies; the map lives as long as a slice of it does. Nothing
/// outside the model's folder is read.
/// </summary>
public static class OnnxReader
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFormatException">Not ONNX, truncated or not valid; the message names file, place, found and expected.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static Model Read(string path, OnnxReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            var bytes = MappedFile.Open(path);
            var model = new ModelReader(options ?? OnnxReadOptions.Default, new ExternalFiles(folder)).Read(bytes);
            GC.KeepAlive(bytes);
            return model;
        }
        catch (ModelFormatException error)
        {
            throw error.In(path);
        }
    }

    /// <summary>Reads a model's bytes, which must stay as they are while the model lives. It cannot refer to external files.</summary>
    /// <exception cref="ModelFormatException">Not ONNX, truncated or not valid.</exception>
    public static Model Read(ReadOnlyMemory<byte> bytes, OnnxReadOptions? options = null) =>
        new ModelReader(options ?? OnnxReadOptions.Default, new ExternalFiles(null)).Read(bytes);

    /// <summary>Reads a TensorProto, as the test data of ONNX has them in .pb files.</summary>
    /// <exception cref="ModelFormatException">Not a tensor, or truncated.</exception>
    public static ConstantTensor ReadTensor(ReadOnlyMemory<byte> bytes) =>
        new TensorReader(OnnxReadOptions.Default, new ExternalFiles(null)).Read(bytes, "tensor").Tensor;
}
