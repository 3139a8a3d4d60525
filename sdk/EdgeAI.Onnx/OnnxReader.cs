using System.Collections.Immutable;
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
    public static Model Read(string path, OnnxReadOptions? options = null) => Read(path, options, out _);

    /// <summary>The same, with the files beside it that hold its weights: paths relative to its folder, in order of first use.</summary>
    /// <inheritdoc cref="Read(string, OnnxReadOptions?)"/>
    public static Model Read(string path, OnnxReadOptions? options, out ImmutableArray<string> weightFiles)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            options ??= OnnxReadOptions.Default;
            var files = new ExternalFiles(folder, options.VerifyChecksums);
            var model = new ModelReader(options, files).Read(Map(path));
            weightFiles = [.. files.Locations];
            return model;
        }
        catch (ModelFormatException error)
        {
            throw error.In(path);
        }
    }

    /// <summary>
    /// Reads a model's bytes, which must stay as they are while the model lives. It cannot refer to external files.
    /// <paramref name="name"/> stands for the file in messages.
    /// </summary>
    /// <exception cref="ModelFormatException">Not ONNX, truncated or not valid.</exception>
    public static Model Read(ReadOnlyMemory<byte> bytes, OnnxReadOptions? options = null, string? name = null)
    {
        try
        {
            return new ModelReader(options ?? OnnxReadOptions.Default, new ExternalFiles(null)).Read(bytes);
        }
        catch (ModelFormatException error) when (name is not null)
        {
            throw error.In(name);
        }
    }

    /// <summary>Reads a TensorProto, as the test data of ONNX has them in .pb files.</summary>
    /// <exception cref="ModelFormatException">Not a tensor, or truncated.</exception>
    public static ConstantTensor ReadTensor(ReadOnlyMemory<byte> bytes) =>
        new TensorReader(OnnxReadOptions.Default, new ExternalFiles(null)).Read(bytes, "tensor").Tensor;

    /// <summary>Reads a SequenceProto of tensors, as the test data of ONNX has them in .pb files.</summary>
    /// <exception cref="ModelFormatException">Not a sequence of dense tensors, or truncated.</exception>
    public static ImmutableArray<ConstantTensor> ReadSequence(ReadOnlyMemory<byte> bytes) => StructureReader.Sequence(bytes);

    /// <summary>The message inside of an OptionalProto, a tensor or a sequence; null where it holds nothing.</summary>
    /// <exception cref="ModelFormatException">Not an optional, or truncated.</exception>
    public static ReadOnlyMemory<byte>? ReadOptional(ReadOnlyMemory<byte> bytes) => StructureReader.Optional(bytes);

    private static ReadOnlyMemory<byte> Map(string path)
    {
        var file = MappedFile.Open(path);
        return file.Length <= int.MaxValue ? file.Slice(0, (int)file.Length)
            : throw new ModelFormatException($"the file has {file.Length} bytes; a protobuf message ends at 2 GiB: larger weights are external data.");
    }
}
