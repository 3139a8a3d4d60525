using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>The shared models, and the zoo as files in a folder that goes when the benchmark ends.</summary>
internal sealed class ModelFiles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeai-zoo-").FullName;

    /// <summary>Names and paths of all whose name contains a part; shared models come first.</summary>
    public IEnumerable<(string Name, string Path)> All(string part)
    {
        var shared = SharedData.IsHere ? BenchmarkModel.Names(part).Select(name => (name, SharedData.Path("models", name))) : [];
        var zoo = Zoo.All.SelectMany(network => new[] { (Name: $"zoo/{network.Name}", network, Int8: false), (Name: $"zoo/{network.Name}_int8", network, Int8: true) })
            .Where(item => item.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).Select(item => (item.Name, Write(item.network, item.Int8)));
        return shared.Concat(zoo);
    }

    /// <summary>A network of the zoo as a file.</summary>
    public string Write(ZooNetwork network, bool int8 = false)
    {
        var path = Path.Combine(_folder, $"{network.Name}{(int8 ? "_int8" : "")}.onnx");
        if (!File.Exists(path))
        {
            File.WriteAllBytes(path, int8 ? network.Int8Bytes : network.Bytes);
        }

        return path;
    }

    /// <summary>A model as a file.</summary>
    public string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, $"{string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'))}.onnx");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
