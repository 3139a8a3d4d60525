using System.Numerics;
using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Throughput;

/// <summary>What a stage, the items of one ideal that another has not, loads its device and its links to and from the host with.</summary>
internal sealed class StageLoad
{
    private readonly DenseProblem _problem;
    private readonly ulong[][] _consumers;

    public StageLoad(DenseProblem problem)
    {
        _problem = problem;
        _consumers = new ulong[problem.ValueCount][];
        for (var value = 0; value < problem.ValueCount; value++)
        {
            _consumers[value] = new ulong[(problem.ItemCount + 63) / 64];
            foreach (var consumer in problem.Consumers[value])
            {
                _consumers[value][consumer / 64] |= 1UL << (consumer % 64);
            }
        }
    }

    /// <summary>The largest of the three loads; infinite when the device refuses an item.</summary>
    public double Of(ulong[] start, ulong[] end, int device)
    {
        var (work, incoming, outgoing) = (_problem.Launch[device], 0.0, 0.0);
        for (var word = 0; word < end.Length; word++)
        {
            for (var left = end[word] & ~start[word]; left != 0; left &= left - 1)
            {
                work += _problem.ItemCost((word * 64) + BitOperations.TrailingZeroCount(left), device);
            }
        }

        if (double.IsInfinity(work) || device == _problem.Host)
        {
            return work;
        }

        for (var value = 0; value < _problem.ValueCount; value++)
        {
            var (isMade, isReadInside, isReadOutside) = Uses(value, start, end);
            outgoing += isMade && (isReadOutside || _problem.IsOutput[value]) ? _problem.CopyCost(value, device, 1 << _problem.Host) : 0;
            incoming += !isMade && isReadInside ? _problem.Copies.LastHop(_problem.Host, device).CopyCost(_problem.Source.Values[value].Bytes) : 0;
        }

        return Math.Max(work, Math.Max(incoming, outgoing));
    }

    private (bool IsMade, bool IsReadInside, bool IsReadOutside) Uses(int value, ulong[] start, ulong[] end)
    {
        var producer = _problem.Producer[value];
        var isMade = producer >= 0 && ((end[producer / 64] & ~start[producer / 64]) >> (producer % 64) & 1) != 0;
        var (inside, outside) = (0UL, 0UL);
        for (var word = 0; word < end.Length; word++)
        {
            inside |= _consumers[value][word] & end[word] & ~start[word];
            outside |= _consumers[value][word] & ~(end[word] & ~start[word]);
        }

        return (isMade, inside != 0, outside != 0);
    }
}
