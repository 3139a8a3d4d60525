using System.Collections.Immutable;
using EdgeAI.Runtime.Execution;

namespace EdgeAI.Runtime;

/// <summary>When a step starts and ends.</summary>
/// <param name="Step">Index of the plan's step.</param>
/// <param name="Lane">What does it, one step at a time: a device ("npu") or a link ("cpu↔npu").</param>
/// <param name="StartSeconds">Since the run's start.</param>
/// <param name="EndSeconds">Since the run's start.</param>
/// <param name="IsCritical">True when the run would end sooner if this step took less.</param>
public readonly record struct TimelineStep(int Step, string Lane, double StartSeconds, double EndSeconds, bool IsCritical);

/// <summary>A plan's steps in time, overlapping where the executor lets them: each starts when its inputs are ready and its lane is free.</summary>
public sealed class PlanTimeline
{
    /// <summary>Times are sums of measured ones: what is closer than this follows without a gap.</summary>
    private const double Tolerance = 1e-10;

    private PlanTimeline(ImmutableArray<TimelineStep> steps, ImmutableArray<string> lanes) => (Steps, Lanes) = (steps, lanes);

    /// <summary>As many as the plan has, in its order.</summary>
    public ImmutableArray<TimelineStep> Steps { get; }

    /// <summary>Devices and links in use.</summary>
    public ImmutableArray<string> Lanes { get; }

    /// <summary>Seconds from the first start to the last end.</summary>
    public double MakespanSeconds => Steps.IsEmpty ? 0 : Steps.Max(step => step.EndSeconds);

    /// <summary>Seconds that the busiest lane works per run: no stream of frames can be faster than one frame in this time.</summary>
    public double BottleneckSeconds => Steps.GroupBy(step => step.Lane).Select(lane => lane.Sum(step => step.EndSeconds - step.StartSeconds)).DefaultIfEmpty().Max();

    /// <summary>So many frames in flight that the busiest lane always has one to work on while others are elsewhere, and one is being read.</summary>
    internal int SuitableFrames =>
        BottleneckSeconds > 0 ? Math.Min(16, (int)Math.Ceiling(MakespanSeconds / BottleneckSeconds) + 1) : Lanes.Length + 1;

    /// <summary>The timeline by the plan's predictions.</summary>
    public static PlanTimeline Predict(Plan plan) => Of(plan, [.. plan.Steps.Select(step => step.Predicted.Seconds)]);

    /// <summary>The timeline with the steps' simulated times where they have one, else with the predicted ones; a step that was not done takes no time.</summary>
    public static PlanTimeline Simulate(Plan plan, ReadOnlySpan<StepTrace> trace)
    {
        var seconds = new double[trace.Length];
        for (var i = 0; i < seconds.Length; i++)
        {
            seconds[i] = !trace[i].IsDone ? 0 : double.IsNaN(trace[i].SimulatedSeconds) ? trace[i].PredictedSeconds : trace[i].SimulatedSeconds;
        }

        return Of(plan, seconds);
    }

    /// <summary>What happened on this machine's clock; a step that was not done is at the start and takes no time.</summary>
    public static PlanTimeline Measure(Plan plan, ReadOnlySpan<StepTrace> trace)
    {
        var starts = new double[trace.Length];
        var ends = new double[trace.Length];
        for (var i = 0; i < starts.Length; i++)
        {
            (starts[i], ends[i]) = trace[i].IsDone ? (trace[i].WallStart, trace[i].WallStart + trace[i].WallSeconds) : (0, 0);
        }

        return Create(StepGraph.Of(plan), starts, ends);
    }

    internal static PlanTimeline Of(Plan plan, ReadOnlySpan<double> seconds) => Of(StepGraph.Of(plan), seconds);

    internal static PlanTimeline Of(StepGraph graph, ReadOnlySpan<double> seconds)
    {
        var (starts, ends) = (new double[graph.StepCount], new double[graph.StepCount]);
        Lay(graph, seconds, starts, ends);
        return Create(graph, starts, ends);
    }

    /// <summary>The makespan alone, for plans of any size.</summary>
    internal static double Makespan(StepGraph graph, ReadOnlySpan<double> seconds)
    {
        var ends = new double[graph.StepCount];
        Lay(graph, seconds, new double[graph.StepCount], ends);
        return ends.DefaultIfEmpty().Max();
    }

    private static void Lay(StepGraph graph, ReadOnlySpan<double> seconds, double[] starts, double[] ends)
    {
        var queue = new StepQueue(graph);
        queue.Add(new FrameProgress(graph), 0);
        while (queue.TryTakeEarliest(out var step, out var start))
        {
            (starts[step.Step], ends[step.Step]) = (start, start + seconds[step.Step]);
            queue.End(step, ends[step.Step]);
        }
    }

    private static PlanTimeline Create(StepGraph graph, double[] starts, double[] ends)
    {
        var critical = CriticalPath(graph, starts, ends);
        var steps = Enumerable.Range(0, starts.Length).Select(i => new TimelineStep(i, graph.LaneNames[graph.Lanes[i]], starts[i], ends[i], critical.Contains(i)));
        return new PlanTimeline([.. steps], graph.LaneNames);
    }

    /// <summary>Backwards from the step that ends last, each time to the one that kept it waiting: an input, or its lane's last step.</summary>
    private static HashSet<int> CriticalPath(StepGraph graph, double[] starts, double[] ends)
    {
        var path = new HashSet<int>();
        var step = Array.IndexOf(ends, ends.DefaultIfEmpty().Max());
        while (step >= 0 && path.Add(step))
        {
            step = Enumerable.Range(0, starts.Length)
                .Where(other => other != step && starts[other] <= starts[step] && ends[other] <= starts[step] + Tolerance)
                .Where(other => graph.Lanes[other] == graph.Lanes[step] || graph.Predecessors[step].Contains(other))
                .DefaultIfEmpty(-1).MaxBy(other => other < 0 ? double.NegativeInfinity : ends[other]);
        }

        return path;
    }
}
