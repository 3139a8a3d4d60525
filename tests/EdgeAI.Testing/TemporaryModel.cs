namespace EdgeAI.Testing;

/// <summary>A model's bytes as a file that goes when the test ends.</summary>
public sealed class TemporaryModel : IDisposable
{
    /// <summary>Writes the bytes to a folder of their own.</summary>
    public TemporaryModel(byte[] bytes, string name = "model.onnx")
    {
        Path = System.IO.Path.Combine(Directory.CreateTempSubdirectory("edgeai-test-").FullName, name);
        File.WriteAllBytes(Path, bytes);
    }

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(System.IO.Path.GetDirectoryName(Path)!, recursive: true);
}
