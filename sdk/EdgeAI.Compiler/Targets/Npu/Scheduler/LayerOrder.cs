using System.Collections.Immutable;

namespace EdgeAI.Compiler.Targets.Npu.Scheduler;

/// <summary>
/// Orders in which less of what lives at once goes beyond a limit: a search layer by layer that keeps the few best beginnings, those
/// with the fewest bytes too many so far, then with the fewest alive. Bounded and deterministic.
/// </summary>
internal sealed class LayerOrder
{
    private const int Width = 8;

    private readonly LayerGraph _graph;
    private readonly LayerBytes _bytes;
    private readonly ulong[] _marks;
    private readonly long _limit;

    private LayerOrder(LayerGraph graph, long limit) =>
        (_graph, _bytes, _marks, _limit) = (graph, new LayerBytes(graph), Marks(graph.Predecessors.Length), limit);

    /// <summary>An order of the layers for a limit of bytes.</summary>
    public static ImmutableArray<int> For(LayerGraph graph, long limit) => new LayerOrder(graph, limit).Search();

    private static ulong[] Marks(int count)
    {
        var (marks, state) = (new ulong[count], 0UL);
        for (var i = 0; i < count; i++)
        {
            state += 0x9E3779B97F4A7C15;
            var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            marks[i] = mixed ^ (mixed >> 31);
        }

        return marks;
    }

    private ImmutableArray<int> Search()
    {
        var beginnings = new List<Beginning> { Beginning.Of(_graph.Predecessors, _bytes.Untouched()) };
        for (var step = 0; step < _marks.Length; step++)
        {
            var (next, known) = (new List<Beginning>(), new HashSet<ulong>());
            foreach (var extension in beginnings.SelectMany(Extensions).Order())
            {
                if (known.Add(extension.Mark))
                {
                    next.Add(Extended(beginnings[extension.Beginning], extension));
                    if (next.Count == Width)
                    {
                        break;
                    }
                }
            }

            beginnings = next;
        }

        return beginnings[0].Order();
    }

    private IEnumerable<Extension> Extensions(Beginning beginning, int index) => beginning.Ready.Select(layer =>
    {
        var change = _bytes.At(layer, beginning.Left);
        var excess = beginning.Excess + Math.Max(0, beginning.Live + change.Need - _limit);
        return new Extension(excess, beginning.Live + change.After, layer, index, beginning.Mark ^ _marks[layer]);
    });

    private Beginning Extended(Beginning beginning, Extension extension)
    {
        var next = beginning.Copy(extension);
        _bytes.Touch(extension.Layer, next.Left);
        foreach (var follower in _graph.Followers(extension.Layer))
        {
            if (--next.Waiting[follower] == 0)
            {
                next.Ready.Add(follower);
            }
        }

        return next;
    }

    /// <summary>One more layer behind a beginning; ordered by what is better.</summary>
    private readonly record struct Extension(long Excess, long Live, int Layer, int Beginning, ulong Mark) : IComparable<Extension>
    {
        public int CompareTo(Extension other) =>
            (Excess, Live, Layer, Beginning).CompareTo((other.Excess, other.Live, other.Layer, other.Beginning));
    }

    /// <summary>Layers in some order whose predecessors are all among them.</summary>
    private sealed class Beginning
    {
        private LastLayer? _last;

        /// <summary>Per layer the predecessors still missing; per storage the layers still to touch it.</summary>
        public required int[] Waiting { get; init; }

        public required int[] Left { get; init; }

        public required List<int> Ready { get; init; }

        public long Excess { get; private init; }

        public long Live { get; private init; }

        public ulong Mark { get; private init; }

        public static Beginning Of(int[] predecessors, int[] left) => new()
        {
            Waiting = [.. predecessors], Left = left, Ready = [.. Enumerable.Range(0, predecessors.Length).Where(layer => predecessors[layer] == 0)],
        };

        public Beginning Copy(Extension extension) => new()
        {
            Waiting = [.. Waiting], Left = [.. Left], Ready = [.. Ready.Where(layer => layer != extension.Layer)],
            Excess = extension.Excess, Live = extension.Live, Mark = extension.Mark, _last = new LastLayer(extension.Layer, _last),
        };

        public ImmutableArray<int> Order()
        {
            var order = new List<int>();
            for (var at = _last; at is not null; at = at.Before)
            {
                order.Add(at.Layer);
            }

            order.Reverse();
            return [.. order];
        }

        private sealed record LastLayer(int Layer, LastLayer? Before);
    }
}
