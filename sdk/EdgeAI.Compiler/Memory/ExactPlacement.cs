using System.Collections.Immutable;

namespace EdgeAI.Compiler.Memory;

/// <summary>
/// Runs the exact search again and again under one limit: each time with another preference among the blocks that may lie at a
/// place, with slowly growing patience, and with what was learnt about where dead ends are. That is forgotten now and then: what was
/// learnt in an unlucky corner would keep the search there.
/// </summary>
internal sealed class ExactPlacement
{
    private const int FirstPatience = 500;
    private const int RoundsPerMemory = 20;
    private readonly ImmutableArray<BufferRequest> _blocks;
    private readonly CliqueModel _model;
    private readonly PlacementSearch _search;
    private readonly double[][] _preferences;

    /// <summary>A search over blocks that have sizes above 0, and those that each meets.</summary>
    public ExactPlacement(ImmutableArray<BufferRequest> blocks, int[][] neighbours)
    {
        (_blocks, _model) = (blocks, new CliqueModel(blocks, neighbours));
        _search = new PlacementSearch(_model);
        _preferences =
        [
            Preference(i => (double)_model.Size[i] * Width(i)),
            Preference(Duration),
            Preference(i => _model.Size[i]),
            Preference(i => Width(i) + (_model.Size[i] / (double)(1 << 30))),
            Preference(i => _model.Size[i] * Duration(i)),
        ];
    }

    /// <summary>Offsets in bytes, one per block, after <see cref="SearchVerdict.Found"/>.</summary>
    public long[] Offsets()
    {
        var offsets = new long[_blocks.Length];
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = _search.Offsets[i] * _model.Unit;
        }

        return offsets;
    }

    /// <summary>The lowest height above a limit that a settled placing can have.</summary>
    public long NextHeight(long limit) => _model.NextHeight(limit);

    /// <summary>Looks for a placing with no end above <paramref name="limit"/> bytes until the budget has come down to <paramref name="reserve"/> nodes.</summary>
    public SearchVerdict Run(long limit, SearchBudget budget, long reserve)
    {
        var random = new SplitMix(1);
        for (var (round, patience) = (0, (long)FirstPatience); ; round++)
        {
            var preference = _preferences[round % _preferences.Length];
            var verdict = _search.Run(limit, round < _preferences.Length ? preference : Blurred(preference, ref random), Math.Min(patience, budget.Left - reserve), budget);
            if (verdict != SearchVerdict.OutOfBudget || budget.IsOver || budget.Left <= reserve)
            {
                return verdict == SearchVerdict.Impossible && !_model.IsExact ? SearchVerdict.OutOfBudget : verdict;
            }

            patience += (round + 1) % _preferences.Length == 0 ? patience / 10 : 0;
            if ((round + 1) % RoundsPerMemory == 0)
            {
                _search.Forget();
            }
        }
    }

    private double Width(int block) => _model.End[block] - _model.First[block];

    private double Duration(int block) => (double)_blocks[block].Upper - _blocks[block].Lower;

    private double[] Preference(Func<int, double> of) => [.. Enumerable.Range(0, _blocks.Length).Select(of)];

    /// <summary>Each number up to a tenth larger, so that the next round does not meet the same dead ends in the same order.</summary>
    private static double[] Blurred(double[] preference, ref SplitMix random)
    {
        var blurred = new double[preference.Length];
        for (var i = 0; i < blurred.Length; i++)
        {
            blurred[i] = preference[i] * (1 + (random.Below(1024) / 10240.0));
        }

        return blurred;
    }
}
