using System.Numerics;
using System.Runtime.InteropServices;
using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>
/// The blocks between clean cuts, each solved for all devices of its ends (equal blocks once), and summed along the chain by
/// dynamic programming: the sum of the bounds is a bound, and the runs of the best choice together are a schedule.
/// </summary>
internal sealed class BlockChain
{
    private const int SmallestMemo = 3;
    private const long MostNodes = 200_000;
    private const int LimitRounds = 3;

    private readonly DenseProblem _problem;
    private readonly List<Block> _blocks;
    private readonly BlockAnswer[][] _answers;
    private readonly Dictionary<string, BlockAnswer> _known = [];
    private readonly BlockSearch _search;
    private readonly int _devices;

    public BlockChain(DenseProblem problem, long nodes, CancellationToken cancellation)
    {
        (_problem, _devices, _search) = (problem, problem.DeviceCount, new BlockSearch(problem));
        _blocks = JoinedBlocks.Cut(problem);
        var searched = _blocks.Count(block => block.Count > 0) * _devices * _devices;
        var share = Math.Min(MostNodes, (nodes / Math.Max(1, searched)) + 200);
        _answers = [.. _blocks.Select(block => SolveAll(block, share, cancellation))];
    }

    /// <summary>Blocks and those too large to search.</summary>
    public (int All, int TooLarge) Counts => (_blocks.Count, _blocks.Count(block => !IsSearched(block)));

    /// <summary>Whether every block was searched to its end.</summary>
    public bool IsExact => Array.TrueForAll(_answers, answers => Array.TrueForAll(answers, answer => answer is null || answer.Bound == answer.Value));

    /// <summary>What no schedule undercuts, from the bounds alone.</summary>
    public double Bound() => Walk(answer => answer.Bound, null, out _);

    /// <summary>The best sequence of runs; a block too large to search keeps the given ones.</summary>
    public List<Run> Compose(IReadOnlyList<Run> given)
    {
        var devices = Run.DevicesOf(given, _problem.ItemCount);
        Walk(answer => double.IsInfinity(answer.Value) ? answer.Bound * 2 : answer.Value, devices, out var chosen);
        var runs = new List<Run>();
        for (var index = 0; index < _blocks.Count; index++)
        {
            if (IsSearched(_blocks[index]) && chosen[index].Runs.Length > 0)
            {
                Append(runs, _blocks[index], chosen[index]);
            }
            else
            {
                AppendGiven(runs, _blocks[index], given);
            }
        }

        return runs;
    }

    private bool HasSink(Block block) => block.Sink < _problem.ItemCount;

    private bool IsSearched(Block block) => block.Count + (HasSink(block) ? 1 : 0) <= BlockSearch.MaxItems;

    private BlockAnswer[] SolveAll(Block block, long nodes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var answers = new BlockAnswer[_devices * _devices];
        for (var pair = 0; pair < answers.Length; pair++)
        {
            var (source, sink) = (pair / _devices, pair % _devices);
            var isPossible = (block.Source >= 0 ? Takes(block.Source, source) : source == 0) && (HasSink(block) ? Takes(block.Sink, sink) : sink == 0);
            if (isPossible)
            {
                answers[pair] = IsSearched(block) ? SolveOnce(block, source, sink, nodes) : BlockBound.Of(_problem, block, source, sink);
            }
        }

        return answers;
    }

    private bool Takes(int item, int device) => (_problem.Allowed[item] >> device & 1) != 0;

    private BlockAnswer SolveOnce(Block block, int source, int sink, long nodes)
    {
        if (block.Count < SmallestMemo)
        {
            return Search(block, source, sink, nodes);
        }

        ref var answer = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, BlockKey.Of(_problem, block, source, sink), out _);
        return answer ??= Search(block, source, sink, nodes);
    }

    private BlockAnswer Search(Block block, int source, int sink, long nodes)
    {
        var answer = _search.Solve(block, source, sink, nodes);
        return answer.Bound >= answer.Value ? answer : RaiseBound(block, source, sink, nodes, answer);
    }

    /// <summary>A search that was cut short: that nothing is below a limit is shown sooner than what the least is.</summary>
    private BlockAnswer RaiseBound(Block block, int source, int sink, long nodes, BlockAnswer answer)
    {
        var bound = Math.Min(answer.Value, Math.Max(answer.Bound, BlockBound.Of(_problem, block, source, sink).Bound));
        var limit = answer.Value;
        for (var round = 0; round < LimitRounds && double.IsFinite(limit) && bound < limit; round++)
        {
            var middle = (bound + limit) / 2;
            var below = _search.Solve(block, source, sink, nodes, middle);
            answer = below.Runs.Length > 0 ? below : answer;
            (bound, limit) = below.Bound >= below.Value ? (below.Value, limit) : (bound, middle);
            if (below.Runs.Length > 0)
            {
                break;
            }
        }

        return answer with { Bound = Math.Min(answer.Value, bound) };
    }

    /// <summary>Least sum along the chain; devices of a block's ends that are given bind where the block is not searched.</summary>
    private double Walk(Func<BlockAnswer, double> cost, byte[]? given, out BlockAnswer[] chosen)
    {
        var (sums, from) = (new double[_devices], new int[_blocks.Count, _devices]);
        for (var index = 0; index < _blocks.Count; index++)
        {
            var next = new double[_devices];
            Array.Fill(next, double.PositiveInfinity);
            for (var pair = 0; pair < _answers[index].Length; pair++)
            {
                var (source, sink) = (pair / _devices, pair % _devices);
                var sum = _answers[index][pair] is { } answer && Fits(_blocks[index], source, sink, given) ? sums[source] + cost(answer) : double.PositiveInfinity;
                if (sum < next[sink])
                {
                    (next[sink], from[index, sink]) = (sum, source);
                }
            }

            sums = next;
        }

        chosen = new BlockAnswer[_blocks.Count];
        for (var (index, sink) = (_blocks.Count - 1, 0); index >= 0; index--)
        {
            var source = from[index, sink];
            (chosen[index], sink) = (_answers[index][(source * _devices) + sink], source);
        }

        return sums[0];
    }

    private bool Fits(Block block, int source, int sink, byte[]? given) => given is null || IsSearched(block)
        || ((block.Source < 0 || given[block.Source] == source) && (!HasSink(block) || given[block.Sink] == sink));

    private static void Append(List<Run> runs, Block block, BlockAnswer answer)
    {
        for (var index = 0; index < answer.Runs.Length; index++)
        {
            var (device, bits) = answer.Runs[index];
            var items = new List<int>();
            for (; bits != 0; bits &= bits - 1)
            {
                items.Add(block.First + BitOperations.TrailingZeroCount(bits));
            }

            var continues = index == 0 && block.Source >= 0;
            if (continues)
            {
                runs[^1] = new Run(runs[^1].Device, [.. runs[^1].Items, .. items]);
            }
            else
            {
                runs.Add(new Run((byte)device, [.. items]));
            }
        }
    }

    private static void AppendGiven(List<Run> runs, Block block, IReadOnlyList<Run> given)
    {
        foreach (var run in given)
        {
            var items = Array.FindAll(run.Items, item => item >= block.First && item <= block.Sink);
            if (items.Length == 0)
            {
                continue;
            }

            var continues = Array.IndexOf(run.Items, block.Source) >= 0 && runs.Count > 0 && runs[^1].Device == run.Device;
            if (continues)
            {
                runs[^1] = new Run(run.Device, [.. runs[^1].Items, .. items]);
            }
            else
            {
                runs.Add(new Run(run.Device, items));
            }
        }
    }
}
