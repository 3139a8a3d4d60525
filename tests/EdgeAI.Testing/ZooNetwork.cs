using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;

namespace EdgeAI.Testing;

/// <summary>A network of the catalogue. It is built when it is first asked for, and again when the memory was needed meanwhile.</summary>
public sealed class ZooNetwork
{
    private readonly Func<bool, Model> _build;
    private readonly WeakReference<byte[]?> _float = new(null);
    private readonly WeakReference<byte[]?> _int8 = new(null);

    internal ZooNetwork(string name, string source, Func<bool, Model> build) => (Name, Source, _build) = (name, source, build);

    /// <summary>Lower-case name, as a file would have it.</summary>
    public string Name { get; }

    /// <summary>Where its topology is published.</summary>
    public string Source { get; }

    /// <summary>The float model's bytes, normalizations folded.</summary>
    public byte[] Bytes => Cached(_float, () => OnnxWriter.ToBytes(Build()));

    /// <summary>The integer model's bytes. Ranges come from a run of ONNX Runtime, which differs a little from processor to processor.</summary>
    public byte[] Int8Bytes => Cached(_int8, () => OnnxWriter.ToBytes(Zoo.Int8(Bytes)));

    /// <summary>A new model.</summary>
    /// <param name="norms">True keeps BatchNormalization as nodes.</param>
    public Model Build(bool norms = false) => _build(norms);

    /// <summary>Seeded inputs by name.</summary>
    public static IReadOnlyDictionary<string, EdgeTensor> Feeds(byte[] bytes, int seed = 7)
    {
        ImmutableArray<TensorSpec> inputs = [.. OnnxReader.Read(bytes).Graph.Inputs.Select(input => new TensorSpec(input.Name, input.Element, input.Shape))];
        return inputs.Zip(ModelFeeds.Random(inputs, ImmutableDictionary<string, long>.Empty, seed)).ToDictionary(pair => pair.First.Name, pair => pair.Second);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static byte[] Cached(WeakReference<byte[]?> cache, Func<byte[]> build)
    {
        lock (cache)
        {
            if (!cache.TryGetTarget(out var bytes))
            {
                bytes = build();
                cache.SetTarget(bytes);
            }

            return bytes;
        }
    }
}
