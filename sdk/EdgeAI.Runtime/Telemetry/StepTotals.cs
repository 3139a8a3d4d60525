namespace EdgeAI.Runtime.Telemetry;

/// <summary>Sums over the runs of a step. Written by one thread at a time; readers on others see runs in progress half counted.</summary>
internal struct StepTotals
{
    public long Runs;
    public long SimulatedRuns;
    public double SimulatedSeconds;
    public double WallSeconds;
    public double WorstWallSeconds;

    public void Add(in StepTrace trace)
    {
        Runs++;
        WallSeconds += trace.WallSeconds;
        WorstWallSeconds = Math.Max(WorstWallSeconds, trace.WallSeconds);
        if (!double.IsNaN(trace.SimulatedSeconds))
        {
            SimulatedRuns++;
            SimulatedSeconds += trace.SimulatedSeconds;
        }
    }

    public void Add(in StepTotals other)
    {
        Runs += other.Runs;
        SimulatedRuns += other.SimulatedRuns;
        SimulatedSeconds += other.SimulatedSeconds;
        WallSeconds += other.WallSeconds;
        WorstWallSeconds = Math.Max(WorstWallSeconds, other.WorstWallSeconds);
    }
}

/// <summary>The totals of all contexts of an executor, those that are gone included.</summary>
internal sealed class StatisticsTally
{
    private readonly Lock _lock = new();
    private readonly List<StepTotals[]> _live = [];
    private StepTotals[] _retired = [];

    public void Add(StepTotals[] totals)
    {
        lock (_lock)
        {
            _live.Add(totals);
        }
    }

    public void Retire(StepTotals[] totals)
    {
        lock (_lock)
        {
            if (_live.Remove(totals))
            {
                _retired = Sum([_retired, totals], totals.Length);
            }
        }
    }

    public PlanStatistics Read(Plan plan)
    {
        lock (_lock)
        {
            var sums = Sum([_retired, .. _live], plan.Steps.Length);
            return new PlanStatistics(plan, [.. sums.Select((sum, step) => new StepStatistics(plan, step, sum))]);
        }
    }

    private static StepTotals[] Sum(IEnumerable<StepTotals[]> parts, int length)
    {
        var sums = new StepTotals[length];
        foreach (var part in parts)
        {
            for (var i = 0; i < part.Length; i++)
            {
                sums[i].Add(part[i]);
            }
        }

        return sums;
    }
}
