using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Scheduler;

/// <summary>Which layers must stay behind which, whatever their order: those that touch the same bytes, one of them writing.</summary>
internal sealed class LayerGraph
{
    private readonly List<int>[] _followers;

    public LayerGraph(LayerProgram program)
    {
        Layers = program.Layers;
        var count = Layers.Count;
        (_followers, Predecessors) = ([.. Enumerable.Range(0, count).Select(_ => new List<int>())], new int[count]);
        Storages = [.. SegmentStorages(program).Select(pair => new StorageUse(pair.Key, [.. pair.Select(access => access.Layer).Distinct()]))];
        foreach (var accesses in SegmentStorages(program))
        {
            Connect([.. accesses]);
        }
    }

    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>How many layers each waits for.</summary>
    public int[] Predecessors { get; }

    /// <summary>What the scheduler may put where it likes, in order of first use, with the layers that touch it.</summary>
    public ImmutableArray<StorageUse> Storages { get; }

    /// <summary>The layers that wait for one.</summary>
    public IReadOnlyList<int> Followers(int layer) => _followers[layer];

    /// <summary>True where some other order is possible.</summary>
    public bool HasChoice => Enumerable.Range(1, Math.Max(0, Predecessors.Length - 1)).Any(i => !_followers[i - 1].Contains(i));

    private static IEnumerable<IGrouping<Storage, Access>> SegmentStorages(LayerProgram program) => program.Layers
        .SelectMany((layer, i) => layer.Inputs.Select(map => new Access(i, map, false)).Append(new Access(i, layer.Output, true)))
        .Where(access => access.Map.Storage.Kind is StorageKind.Internal or StorageKind.Output).GroupBy(access => access.Map.Storage);

    private void Connect(ImmutableArray<Access> accesses)
    {
        for (var later = 1; later < accesses.Length; later++)
        {
            for (var earlier = 0; earlier < later; earlier++)
            {
                var (first, second) = (accesses[earlier], accesses[later]);
                if (first.Layer != second.Layer && (first.IsWrite || second.IsWrite) && first.Map.MayOverlap(second.Map) && !_followers[first.Layer].Contains(second.Layer))
                {
                    _followers[first.Layer].Add(second.Layer);
                    Predecessors[second.Layer]++;
                }
            }
        }
    }

    private readonly record struct Access(int Layer, Map Map, bool IsWrite);
}

/// <summary>A storage and the layers that touch it, ascending.</summary>
internal sealed record StorageUse(Storage Storage, ImmutableArray<int> Layers);
