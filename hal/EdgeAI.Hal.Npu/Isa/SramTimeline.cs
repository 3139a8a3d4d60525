using System.Collections.Immutable;

namespace EdgeAI.Hal.Npu.Isa;

/// <summary>
/// How many bytes of SRAM hold something at each cycle: a byte is held from the start of the command that writes it to the end of
/// the last one that reads it before it is written anew, at most to the start of that.
/// </summary>
internal sealed class SramTimeline
{
    private readonly List<(long Cycle, long Change)> _changes = [];

    /// <summary>The timeline of a stream whose operands were verified.</summary>
    public SramTimeline(ImmutableArray<ICommand> commands, RegionTable regions, NpuSchedule schedule)
    {
        var accesses = Accesses(commands, regions, schedule);
        long[] borders = [.. accesses.SelectMany(access => new[] { access.First, access.End }).Distinct().Order()];
        var bySpan = new List<Access>[Math.Max(0, borders.Length - 1)];
        foreach (var access in accesses)
        {
            var last = Array.BinarySearch(borders, access.End);
            for (var span = Array.BinarySearch(borders, access.First); span < last; span++)
            {
                (bySpan[span] ??= []).Add(access);
            }
        }

        for (var span = 0; span < bySpan.Length; span++)
        {
            AddLives(bySpan[span] ?? [], borders[span + 1] - borders[span]);
        }

        _changes.Sort();
    }

    /// <summary>Bytes held after each cycle at which that changes.</summary>
    public IEnumerable<(long Cycle, long Bytes)> Steps()
    {
        var held = 0L;
        for (var i = 0; i < _changes.Count; i++)
        {
            held += _changes[i].Change;
            if (i + 1 == _changes.Count || _changes[i + 1].Cycle != _changes[i].Cycle)
            {
                yield return (_changes[i].Cycle, held);
            }
        }
    }

    private static List<Access> Accesses(ImmutableArray<ICommand> commands, RegionTable regions, NpuSchedule schedule)
    {
        var accesses = new List<Access>();
        foreach (var index in schedule.CompletionOrder())
        {
            foreach (var operand in StreamVerifier.Operands(index, commands[index], regions).Where(operand => operand.Address.Region == Region.Sram))
            {
                accesses.Add(new(operand.Address.Offset, operand.Address.Offset + operand.ByteCount, schedule.Commands[index].Start, schedule.Commands[index].End, operand.IsWritten));
            }
        }

        return accesses;
    }

    /// <summary>Adds the lives of one span of bytes. A write after a write adds to what is held: operands may be interleaved.</summary>
    private void AddLives(List<Access> accesses, long bytes)
    {
        var (born, used, isRead) = (-1L, 0L, false);
        foreach (var access in accesses)
        {
            if (access.IsWrite && (born < 0 || isRead))
            {
                AddLife(born, Math.Min(used, access.Start), bytes);
                (born, isRead) = (access.Start, false);
            }

            (used, isRead) = (Math.Max(used, access.Finish), isRead || !access.IsWrite);
        }

        AddLife(born, used, bytes);
    }

    private void AddLife(long born, long end, long bytes)
    {
        if (born >= 0 && end > born)
        {
            _changes.Add((born, bytes));
            _changes.Add((end, -bytes));
        }
    }

    private readonly record struct Access(long First, long End, long Start, long Finish, bool IsWrite);
}
