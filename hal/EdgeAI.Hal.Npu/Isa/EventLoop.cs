using System.Collections.Immutable;

namespace EdgeAI.Hal.Npu.Isa;

/// <summary>
/// Plays a stream on the four engines: commands are handed out in order, start when their engine is free and their semaphore is
/// reached, and the two DMA engines share the DRAM's bandwidth evenly while both transfer.
/// </summary>
internal sealed class EventLoop
{
    private readonly ImmutableArray<ICommand> _commands;
    private readonly NpuCommandTiming[] _timings;
    private readonly Lane[] _lanes;
    private readonly long[] _semaphores = new long[CommandTable.SemaphoreCount];
    private readonly int _latency;
    private long _now;

    public EventLoop(ImmutableArray<ICommand> commands, NpuConfiguration configuration)
    {
        _commands = commands;
        _timings = new NpuCommandTiming[commands.Length];
        _latency = configuration.DramLatencyCycles;
        Configuration = configuration;
        var queues = Enumerable.Range(0, NpuEngines.Count).Select(_ => new List<(int, long)>()).ToArray();
        var arrival = 0L;
        for (var i = 0; i < commands.Length; i++)
        {
            var row = CommandTable.Find(commands[i].Opcode)!;
            arrival = checked(arrival + ((long)row.WordCount * configuration.FetchCyclesPerWord));
            queues[(int)commands[i].Engine].Add((i, arrival));
            _timings[i] = new(i, row.Mnemonic, commands[i].Engine, 0, 0, CommandCost.Of(commands[i], configuration));
        }

        _lanes = [.. queues.Select(queue => new Lane([.. queue]))];
    }

    private NpuConfiguration Configuration { get; }

    public NpuSchedule Run()
    {
        while (true)
        {
            StartAll();
            var next = NextEvent();
            if (next == long.MaxValue)
            {
                break;
            }

            Advance(next);
        }

        return Array.TrueForAll(_lanes, lane => lane.IsDone) ? new(Configuration, [.. _timings]) : throw Deadlock();
    }

    private void StartAll()
    {
        for (var progress = true; progress;)
        {
            progress = false;
            foreach (var lane in _lanes)
            {
                while (!lane.IsBusy && !lane.IsDone && lane.Head.Arrival <= _now && TryStart(lane))
                {
                    progress = true;
                }
            }
        }
    }

    private bool TryStart(Lane lane)
    {
        var index = lane.Head.Index;
        switch (_commands[index])
        {
            case Wait wait when (uint)wait.Semaphore >= CommandTable.SemaphoreCount || _semaphores[wait.Semaphore] < wait.Value:
                return false;
            case Signal signal when (uint)signal.Semaphore < CommandTable.SemaphoreCount:
                _semaphores[signal.Semaphore]++;
                break;
        }

        var cost = _timings[index].Cost;
        _timings[index] = _timings[index] with { Start = _now, End = _now };
        if (cost.Cycles == 0)
        {
            lane.Next();
            return true;
        }

        var begin = cost.DramCycles > 0 ? checked(_now + _latency) : 0;
        lane.Begin(checked(_now + cost.Cycles), begin, checked(2 * cost.DramCycles));
        return true;
    }

    private long NextEvent()
    {
        var next = long.MaxValue;
        var rate = Rate();
        foreach (var lane in _lanes)
        {
            next = Math.Min(next, lane.NextEvent(_now, rate));
        }

        return next;
    }

    private void Advance(long next)
    {
        var rate = Rate();
        foreach (var lane in _lanes)
        {
            lane.Transfer(_now, next, rate);
        }

        _now = next;
        foreach (var lane in _lanes)
        {
            if (lane.IsBusy && lane.HasEnded(_now))
            {
                var index = lane.Head.Index;
                _timings[index] = _timings[index] with { End = _now };
                lane.Next();
            }
        }
    }

    /// <summary>Half DRAM cycles per cycle for each engine that transfers now.</summary>
    private int Rate() => _lanes.Count(lane => lane.IsTransferring(_now)) > 1 ? 1 : 2;

    private ExecutableFormatException Deadlock()
    {
        var lane = _lanes.First(lane => !lane.IsDone);
        var wait = (Wait)_commands[lane.Head.Index];
        return new ExecutableFormatException(
            $"NPU command {lane.Head.Index}: {wait.Engine} waits for semaphore {wait.Semaphore} to reach {wait.Value}, but it stops at "
            + $"{((uint)wait.Semaphore < CommandTable.SemaphoreCount ? _semaphores[wait.Semaphore] : 0)}: the stream deadlocks.");
    }

    /// <summary>One engine's queue and present command. DRAM work is counted in half cycles so that sharing stays exact.</summary>
    private sealed class Lane((int Index, long Arrival)[] queue)
    {
        private int _head;
        private long _earliestEnd;
        private long _transferBegin;
        private long _halfCycles;

        public bool IsDone => _head == queue.Length;

        public bool IsBusy { get; private set; }

        public (int Index, long Arrival) Head => queue[_head];

        public void Begin(long earliestEnd, long transferBegin, long halfCycles)
        {
            (IsBusy, _earliestEnd, _transferBegin, _halfCycles) = (true, earliestEnd, transferBegin, halfCycles);
        }

        public void Next() => (IsBusy, _head) = (false, _head + 1);

        public bool IsTransferring(long now) => IsBusy && _halfCycles > 0 && now >= _transferBegin;

        public bool HasEnded(long now) => _halfCycles == 0 && now >= _earliestEnd;

        public long NextEvent(long now, int rate) => IsBusy switch
        {
            false => IsDone || Head.Arrival <= now ? long.MaxValue : Head.Arrival,
            true when _halfCycles == 0 => Math.Max(now, _earliestEnd),
            true when now < _transferBegin => _transferBegin,
            true => checked(now + ((_halfCycles + rate - 1) / rate)),
        };

        public void Transfer(long from, long to, int rate)
        {
            if (IsTransferring(from))
            {
                _halfCycles = Math.Max(0, _halfCycles - ((to - from) * rate));
            }
        }
    }
}
