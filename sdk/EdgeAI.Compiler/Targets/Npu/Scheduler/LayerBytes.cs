using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Scheduler;

/// <summary>What a layer does to the bytes that live: those that it needs more while it runs, and by how many there are more after it.</summary>
internal readonly record struct ByteChange(long Need, long After);

/// <summary>Which bytes live in an order of layers: storages from the first layer that touches them to the last, results over operands counted once.</summary>
internal sealed class LayerBytes
{
    private readonly long[] _bytes;
    private readonly int[] _touches;
    private readonly int[][] _storagesOf;
    private readonly int[][] _giversOf;

    public LayerBytes(LayerGraph graph)
    {
        var inside = graph.Storages.Where(use => use.Storage.Kind == StorageKind.Internal).ToList();
        _bytes = [.. inside.Select(use => new WorkBuffer(use.Storage.Bytes).AlignedBytes)];
        _touches = [.. inside.Select(use => use.Layers.Length)];
        var lists = graph.Predecessors.Select(_ => new List<int>()).ToArray();
        for (var storage = 0; storage < inside.Count; storage++)
        {
            inside[storage].Layers.ToList().ForEach(layer => lists[layer].Add(storage));
        }

        _storagesOf = [.. lists.Select(list => list.ToArray())];
        _giversOf = [.. lists.Select((list, layer) => list.Where(storage => InPlaceResults.Fits(graph.Layers[layer], inside[storage].Storage)).ToArray())];
    }

    /// <summary>For each storage how many layers are still to touch it, before the first one.</summary>
    public int[] Untouched() => [.. _touches];

    /// <summary>What a layer would change, if it came next.</summary>
    public ByteChange At(int layer, int[] left)
    {
        var (born, dying) = (0L, 0L);
        foreach (var storage in _storagesOf[layer])
        {
            born += left[storage] == _touches[storage] ? _bytes[storage] : 0;
            dying += left[storage] == 1 ? _bytes[storage] : 0;
        }

        return new ByteChange(Array.Exists(_giversOf[layer], storage => left[storage] == 1) ? 0 : born, born - dying);
    }

    /// <summary>A layer has run.</summary>
    public void Touch(int layer, int[] left)
    {
        foreach (var storage in _storagesOf[layer])
        {
            left[storage]--;
        }
    }
}
