using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace EdgeAI.Runtime.Telemetry;

/// <summary>Names under which runs are seen by tracing and metrics tools. Where nobody listens, a run pays for a few comparisons.</summary>
internal static class RuntimeTelemetry
{
    public const string Name = "EdgeAI.Runtime";

    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    public static readonly Histogram<double> RunSeconds = Meter.CreateHistogram<double>("edgeai.run.duration", "s", "Wall time of an inference");

    public static readonly Histogram<double> StepSeconds = Meter.CreateHistogram<double>("edgeai.step.duration", "s", "Wall time of a plan's step, by device");

    public static readonly Histogram<double> QueueSeconds = Meter.CreateHistogram<double>("edgeai.step.wait", "s", "Time on the run's clock between a step being ready and its start, by device: for its lane, and for a thread");

    public static readonly Histogram<double> StepRatio = Meter.CreateHistogram<double>("edgeai.step.ratio", "1", "Simulated time of a step (wall time where nothing is simulated) over its predicted time, by device");

    public static readonly Counter<long> DroppedFrames = Meter.CreateCounter<long>("edgeai.stream.dropped", "{frame}", "Frames that a full stream dropped");

    /// <param name="labels">The plan's.</param>
    /// <param name="isDetached">True for a frame that ends on another thread: it is not this thread's current span then.</param>
    public static Activity? StartRun(StepLabels labels, bool isDetached)
    {
        var current = Activity.Current;
        var run = Source.StartActivity("EdgeAI.Run", ActivityKind.Internal, default(ActivityContext), [labels.Model]);
        Activity.Current = isDetached ? current : Activity.Current;
        return run;
    }

    public static void EndRun(Activity run, string? failure, bool isDetached)
    {
        var current = Activity.Current;
        if (failure is not null)
        {
            run.SetStatus(ActivityStatusCode.Error, failure);
        }

        run.Dispose();
        Activity.Current = isDetached ? current : Activity.Current;
    }

    /// <summary>A step's span below its run's, on whatever thread does the step.</summary>
    public static Activity? StartStep(Activity run, StepLabels labels, int step) =>
        Source.StartActivity("EdgeAI.Step", ActivityKind.Internal, run.Context, [labels.Device(step), new("edgeai.step", step), new("edgeai.nodes", labels.What(step))]);

    public static void RecordStep(StepLabels labels, int step, in StepTrace trace)
    {
        var device = labels.Device(step);
        StepSeconds.Record(trace.WallSeconds, device);
        if (trace.PredictedSeconds > 0)
        {
            StepRatio.Record((double.IsNaN(trace.SimulatedSeconds) ? trace.WallSeconds : trace.SimulatedSeconds) / trace.PredictedSeconds, device);
        }
    }
}
