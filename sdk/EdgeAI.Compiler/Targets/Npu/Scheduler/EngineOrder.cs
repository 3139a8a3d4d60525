using System.Collections.Immutable;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Compiler.Targets.Npu.Scheduler;

/// <summary>
/// An order for engines that run side by side, each in the order of its own queue: always the layer that can begin first, of those the one
/// with the longest way to the end; but first of all one with which no more than a limit of bytes lives. By estimated times; deterministic.
/// </summary>
internal static class EngineOrder
{
    public static ImmutableArray<int> For(LayerGraph graph, ImmutableArray<long> cycles, long limit)
    {
        var bytes = new LayerBytes(graph);
        var (left, live) = (bytes.Untouched(), 0L);
        var (waiting, ways) = (graph.Predecessors.ToArray(), Ways(graph, cycles));
        var (begins, free) = (new long[waiting.Length], new long[NpuEngines.Count]);
        var ready = Enumerable.Range(0, waiting.Length).Where(layer => waiting[layer] == 0).ToList();
        var order = ImmutableArray.CreateBuilder<int>(waiting.Length);
        while (ready.Count > 0)
        {
            var next = ready.MinBy(layer => (Math.Max(0, live + bytes.At(layer, left).Need - limit), Math.Max(begins[layer], free[Engine(layer)]), -ways[layer], layer));
            var end = free[Engine(next)] = Math.Max(begins[next], free[Engine(next)]) + cycles[next];
            live += bytes.At(next, left).After;
            bytes.Touch(next, left);
            ready.Remove(next);
            order.Add(next);
            foreach (var follower in graph.Followers(next))
            {
                begins[follower] = Math.Max(begins[follower], end);
                if (--waiting[follower] == 0)
                {
                    ready.Add(follower);
                }
            }
        }

        return order.MoveToImmutable();

        int Engine(int layer) => (int)graph.Layers[layer].Engine;
    }

    /// <summary>Cycles from the beginning of each layer to the end of all that waits for it. Followers come later in the given order.</summary>
    private static long[] Ways(LayerGraph graph, ImmutableArray<long> cycles)
    {
        var ways = new long[cycles.Length];
        for (var layer = cycles.Length - 1; layer >= 0; layer--)
        {
            ways[layer] = cycles[layer] + graph.Followers(layer).Select(follower => ways[follower]).DefaultIfEmpty().Max();
        }

        return ways;
    }
}
