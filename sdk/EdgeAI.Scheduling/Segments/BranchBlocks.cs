using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Segments;

/// <summary>
/// All blocks of a problem that <see cref="BranchSearch"/> solves. In a sum with launches each of them is a table over the devices of its ends,
/// exact with its launches, and what is inside is neither variable nor value any more.
/// </summary>
internal sealed class BranchBlocks
{
    private readonly DenseProblem _problem;
    private readonly byte[] _allowed;
    private readonly BranchSearch _search;
    private readonly List<(Block Block, BranchAnswer[] Answers)> _blocks = [];
    private readonly bool[] _isInside;
    private readonly bool[] _isInsideValue;
    private readonly int[] _insideBefore;

    private BranchBlocks(DenseProblem problem, byte[] allowed)
    {
        (_problem, _allowed, _search) = (problem, allowed, new BranchSearch(problem));
        (_isInside, _isInsideValue, _insideBefore) = (new bool[problem.ItemCount], new bool[problem.ValueCount], new int[problem.ItemCount + 1]);
    }

    /// <summary>The blocks with their costs for each device of source (major) and sink.</summary>
    public IReadOnlyList<(Block Block, BranchAnswer[] Answers)> Solved => _blocks;

    /// <summary>Solves the blocks; none where launches cost nothing.</summary>
    public static BranchBlocks Solve(DenseProblem problem, byte[] allowed, CancellationToken cancellation)
    {
        var result = new BranchBlocks(problem, allowed);
        var hasLaunches = Array.Exists(problem.Launch, cost => cost > 0);
        foreach (var block in hasLaunches ? problem.Blocks : [])
        {
            cancellation.ThrowIfCancellationRequested();
            result.Solve(block);
        }

        for (var item = 0; item < problem.ItemCount; item++)
        {
            result._insideBefore[item + 1] = result._insideBefore[item] + (result._isInside[item] ? 1 : 0);
        }

        return result;
    }

    /// <summary>Whether an item is inside a solved block.</summary>
    public bool Contains(int item) => _isInside[item];

    /// <summary>Whether a solved block counts a value's copies.</summary>
    public bool ContainsValue(int value) => _isInsideValue[value];

    /// <summary>Whether a solved block, or a part of one, lies between two items.</summary>
    public bool LieBetween(int item, int later) => _insideBefore[later] > _insideBefore[item + 1];

    /// <summary>Fills in the devices inside for those of the ends, and counts the launches of all solved blocks.</summary>
    public void Write(byte[] devices, Span<int> launches)
    {
        foreach (var (block, answers) in _blocks)
        {
            var (source, sink) = (block.Source < 0 ? 0 : devices[block.Source], block.Sink < devices.Length ? devices[block.Sink] : 0);
            var answer = answers[(source * _problem.DeviceCount) + sink];
            _search.Write(block, _allowed, answer, devices, launches);
        }
    }

    private void Solve(Block block)
    {
        if (block.Count == 0 || _search.Solve(block, _allowed) is not { } answers)
        {
            return;
        }

        _blocks.Add((block, answers));
        _isInside.AsSpan(block.First..block.Sink).Fill(true);
        for (var item = block.First; item < block.Sink; item++)
        {
            foreach (var value in _problem.ValuesOf[item])
            {
                _isInsideValue[value] = true;
            }
        }
    }
}
