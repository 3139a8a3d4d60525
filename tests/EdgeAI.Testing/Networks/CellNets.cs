using EdgeAI.Graph;

namespace EdgeAI.Testing.Networks;

/// <summary>
/// A cell that a search has found: each step adds two earlier results, each through an operator. Results 0 and 1 are those of the
/// two cells before.
/// </summary>
/// <param name="Normal">Operator and result that it reads, two for each step, as "sep3 0".</param>
/// <param name="Reduce">The same for the cells that halve the picture.</param>
/// <param name="NormalEnds">Results that make up a normal cell's.</param>
/// <param name="ReduceEnds">Results that make up a halving cell's.</param>
public sealed record CellGenotype(string[] Normal, string[] Reduce, int[] NormalEnds, int[] ReduceEnds)
{
    /// <summary>DARTS, second version.</summary>
    public static CellGenotype Darts { get; } = new(
        ["sep3 0", "sep3 1", "sep3 0", "sep3 1", "sep3 1", "skip 0", "skip 0", "dil3 2"],
        ["max 0", "max 1", "skip 2", "max 1", "max 0", "skip 2", "skip 2", "max 1"],
        [2, 3, 4, 5], [2, 3, 4, 5]);

    /// <summary>NASNet-A.</summary>
    public static CellGenotype NasNet { get; } = new(
        ["sep5 1", "sep3 0", "sep5 0", "sep3 0", "avg 1", "skip 0", "avg 0", "avg 0", "sep3 1", "skip 1"],
        ["sep5 1", "sep7 0", "max 1", "sep7 0", "avg 1", "sep5 0", "skip 3", "avg 2", "sep3 2", "max 1"],
        [2, 3, 4, 5, 6], [4, 5, 6]);
}

/// <summary>Networks of irregular cells: found by search, or drawn at random.</summary>
internal static class CellNets
{
    private const int RewiredPercent = 75;
    private const int Neighbours = 4;

    public static Value BuildCells(GraphBuilder graph, Value x, CellGenotype genotype, int layers, int channels, int classes)
    {
        var before = graph.ConvNorm(x, channels * 3, 3, Activation.None);
        var last = before;
        var halved = false;
        for (var layer = 0; layer < layers; layer++)
        {
            var reduces = layer == layers / 3 || layer == 2 * layers / 3;
            channels *= reduces ? 2 : 1;
            (before, last, halved) = (last, Cell(graph, before, last, genotype, channels, reduces, halved), reduces);
        }

        return graph.Classifier(last, classes);
    }

    /// <summary>
    /// Stages of small-world graphs as RandWire has them (Watts and Strogatz: a ring whose edges are rewired), until the graph has
    /// <paramref name="nodes"/> nodes or a few more.
    /// </summary>
    public static Value BuildRandom(GraphBuilder graph, Value x, int nodes, int perStage, int channels, int classes)
    {
        x = graph.ConvNorm(x, channels, new(3, 2));
        while (graph.NodeCount < nodes)
        {
            x = RandomStage(graph, x, perStage);
        }

        return graph.Classifier(x, classes);
    }

    private static Value Cell(GraphBuilder graph, Value before, Value last, CellGenotype genotype, long channels, bool reduces, bool halved)
    {
        var results = new List<Value> { halved ? Halve(graph, before, channels) : Adjust(graph, before, channels), Adjust(graph, last, channels) };
        foreach (var step in (reduces ? genotype.Reduce : genotype.Normal).Chunk(2))
        {
            var operands = step.Select(edge => edge.Split(' ')).Select(edge => (Op: edge[0], From: int.Parse(edge[1])))
                .Select(edge => Edge(graph, results[edge.From], edge.Op, channels, reduces && edge.From < 2 ? 2 : 1)).ToList();
            results.Add(graph.Add(operands[0], operands[1]));
        }

        return graph.Concat([.. (reduces ? genotype.ReduceEnds : genotype.NormalEnds).Select(end => results[end])]);
    }

    private static Value Edge(GraphBuilder graph, Value x, string op, long channels, int stride) => op switch
    {
        "skip" => stride == 1 ? x : Halve(graph, x, channels),
        "max" => graph.MaxPool(x, new(3, stride)),
        "avg" => graph.AveragePool(x, new(3, stride)),
        "dil3" => Separable(graph, x, channels, new(3, stride, dilation: 2)),
        _ => Separable(graph, Separable(graph, x, channels, new(op[^1] - '0', stride)), channels, op[^1] - '0'),
    };

    private static Value Adjust(GraphBuilder graph, Value x, long channels) =>
        graph.ConvNorm(graph.Activate(x, Activation.Relu), channels, 1, Activation.None);

    private static Value Separable(GraphBuilder graph, Value x, long channels, Window window)
    {
        var each = graph.Conv(graph.Activate(x, Activation.Relu), x.Channels(), window, groups: x.Channels(), bias: false);
        return graph.ConvNorm(each, channels, 1, Activation.None, gain: 0.5);
    }

    /// <summary>Two convolutions of stride 2, one on the picture moved by a pixel, so that every pixel is read.</summary>
    private static Value Halve(GraphBuilder graph, Value x, long channels)
    {
        x = graph.Activate(x, Activation.Relu);
        var extents = x.Extents();
        var moved = graph.Node(
            "Slice", [x, graph.Integers(1, 1), graph.Integers(extents[2], extents[3]), graph.Integers(2, 3)],
            [extents[0], extents[1], extents[2] - 1, extents[3] - 1]);
        var halves = new[] { x, moved }.Select(part => graph.Conv(part, channels / 2, new(1, 2), bias: false)).ToList();
        return graph.Norm(graph.Concat(halves));
    }

    /// <summary>Nodes without an edge to an earlier one read the stage's operand; the mean of all that nobody reads is its result.</summary>
    private static Value RandomStage(GraphBuilder graph, Value x, int count)
    {
        var edges = SmallWorld(count, graph.Numbers());
        var results = new Value[count];
        for (var i = 0; i < count; i++)
        {
            var sources = edges[i].Select(source => results[source]).ToList();
            results[i] = Separable(graph, sources.Count == 0 ? x : Sum(graph, sources), x.Channels(), 3);
        }

        var read = edges.SelectMany(sources => sources).ToHashSet();
        var ends = Enumerable.Range(0, count).Where(i => !read.Contains(i)).Select(i => results[i]).ToList();
        return graph.Multiply(Sum(graph, ends), graph.Scalar(1f / ends.Count));
    }

    private static Value Sum(GraphBuilder graph, List<Value> values) => values.Aggregate(graph.Add);

    /// <summary>For each node the earlier ones that it reads.</summary>
    private static SortedSet<int>[] SmallWorld(int count, SeededNumbers numbers)
    {
        var edges = Enumerable.Range(0, count).Select(_ => new SortedSet<int>()).ToArray();
        for (var distance = 1; distance <= Neighbours / 2; distance++)
        {
            for (var i = 0; i < count; i++)
            {
                var other = numbers.Below(100) < RewiredPercent ? numbers.Below(count) : (i + distance) % count;
                if (other != i)
                {
                    edges[Math.Max(i, other)].Add(Math.Min(i, other));
                }
            }
        }

        return edges;
    }
}
