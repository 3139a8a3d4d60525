using System.Text.Json;

namespace EdgeAI.Runtime;

/// <summary>
/// Writes a run as a trace that chrome://tracing and ui.perfetto.dev show: a process each for predicted, simulated and wall time,
/// in it a track per device and link, and one more for the critical path, the steps that the run's end waited for.
/// </summary>
public static class ChromeTrace
{
    private const int CriticalTrack = 0;

    /// <summary>Writes a run's trace as JSON.</summary>
    /// <param name="stream">Where to; is left open.</param>
    /// <param name="plan">The plan that was run.</param>
    /// <param name="trace">What its steps took; those that were not done are predicted only.</param>
    public static void Write(Stream stream, Plan plan, ReadOnlySpan<StepTrace> trace)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(plan);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ns");
        json.WriteStartArray("traceEvents");
        WriteProcess(json, 1, "predicted", plan, PlanTimeline.Predict(plan), trace, isPrediction: true);
        if (IsSimulated(trace))
        {
            WriteProcess(json, 2, "simulated (steps that are not: as predicted)", plan, PlanTimeline.Simulate(plan, trace), trace);
        }

        WriteProcess(json, 3, "wall", plan, PlanTimeline.Measure(plan, trace), trace);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>
    /// Writes frames of a stream as one trace: a process each for simulated and wall time, in it a track per device and link, and above them the
    /// frames from first step to last.
    /// </summary>
    /// <param name="stream">Where to; is left open.</param>
    /// <param name="plan">The stream's plan.</param>
    /// <param name="frames">What its frames took (<see cref="FrameStream.TraceOf"/>).</param>
    public static void Write(Stream stream, Plan plan, IReadOnlyList<FrameTrace> frames)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(frames);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ns");
        json.WriteStartArray("traceEvents");
        if (frames.Any(frame => IsSimulated(frame.Steps.AsSpan()) && double.IsFinite(frame.SimulatedStart)))
        {
            WriteFrames(json, 2, "simulated (steps that are not: as predicted)", plan, frames, InSimulatedTime);
        }

        WriteFrames(json, 3, "wall", plan, frames, (frame, step) => (frame.WallStart + step.WallStart, step.WallSeconds));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static (double Start, double Seconds) InSimulatedTime(FrameTrace frame, StepTrace step) =>
        (frame.SimulatedStart + step.SimulatedStart, double.IsNaN(step.SimulatedSeconds) ? step.PredictedSeconds : step.SimulatedSeconds);

    private static void WriteFrames(Utf8JsonWriter json, int process, string name, Plan plan, IReadOnlyList<FrameTrace> frames, Func<FrameTrace, StepTrace, (double Start, double Seconds)> timeOf)
    {
        var timeline = PlanTimeline.Predict(plan);
        WriteName(json, "process_name", process, CriticalTrack, name);
        for (var lane = 0; lane < timeline.Lanes.Length; lane++)
        {
            WriteName(json, "thread_name", process, lane + 1, timeline.Lanes[lane]);
        }

        foreach (var frame in frames)
        {
            var (first, last) = (double.PositiveInfinity, double.NegativeInfinity);
            foreach (var step in timeline.Steps.Where(step => frame.Steps[step.Step].IsDone))
            {
                var (start, seconds) = timeOf(frame, frame.Steps[step.Step]);
                var placed = new TimelineStep(step.Step, step.Lane, start, start + seconds, IsCritical: false);
                WriteStep(json, process, timeline.Lanes.IndexOf(step.Lane) + 1, plan, placed, frame.Steps[step.Step], frame.Number);
                (first, last) = (Math.Min(first, start), Math.Max(last, start + seconds));
            }

            WriteFrame(json, process, frame.Number, "b", first);
            WriteFrame(json, process, frame.Number, "e", last);
        }
    }

    /// <summary>A frame's begin or end; frames overlap, so they are asynchronous events.</summary>
    private static void WriteFrame(Utf8JsonWriter json, int process, long number, string phase, double seconds)
    {
        if (double.IsFinite(seconds))
        {
            WriteHead(json, phase, FormattableString.Invariant($"frame {number}"), process, CriticalTrack);
            json.WriteString("cat", "frame");
            json.WriteNumber("id", number);
            json.WriteNumber("ts", seconds * 1e6);
            json.WriteEndObject();
        }
    }

    private static bool IsSimulated(ReadOnlySpan<StepTrace> trace)
    {
        foreach (var step in trace)
        {
            if (!double.IsNaN(step.SimulatedSeconds))
            {
                return true;
            }
        }

        return false;
    }

    private static void WriteProcess(Utf8JsonWriter json, int process, string name, Plan plan, PlanTimeline timeline, ReadOnlySpan<StepTrace> trace, bool isPrediction = false)
    {
        WriteName(json, "process_name", process, CriticalTrack, name);
        WriteName(json, "thread_name", process, CriticalTrack, "critical path");
        for (var lane = 0; lane < timeline.Lanes.Length; lane++)
        {
            WriteName(json, "thread_name", process, lane + 1, timeline.Lanes[lane]);
        }

        foreach (var step in timeline.Steps)
        {
            if (!isPrediction && !trace[step.Step].IsDone)
            {
                continue;
            }

            WriteStep(json, process, timeline.Lanes.IndexOf(step.Lane) + 1, plan, step, trace[step.Step]);
            if (step.IsCritical)
            {
                WriteStep(json, process, CriticalTrack, plan, step, trace[step.Step]);
            }
        }
    }

    private static void WriteName(Utf8JsonWriter json, string what, int process, int track, string name)
    {
        WriteHead(json, "M", what, process, track);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter json, int process, int track, Plan plan, in TimelineStep step, in StepTrace trace, long? frame = null)
    {
        WriteHead(json, "X", PlanText.Describe(plan, plan.Steps[step.Step]), process, track);
        json.WriteString("cat", step.IsCritical ? "critical" : "step");
        json.WriteNumber("ts", step.StartSeconds * 1e6);
        json.WriteNumber("dur", (step.EndSeconds - step.StartSeconds) * 1e6);
        if (step.IsCritical)
        {
            json.WriteString("cname", "terrible");
        }

        json.WriteStartObject("args");
        if (frame is { } number)
        {
            json.WriteNumber("frame", number);
        }

        json.WriteNumber("step", step.Step);
        json.WriteString("device", plan.DeviceName(step.Step));
        WriteMicroseconds(json, "predicted_us", trace.PredictedSeconds);
        WriteMicroseconds(json, "simulated_us", trace.SimulatedSeconds);
        WriteMicroseconds(json, "wall_us", trace.WallSeconds);
        json.WriteNumber("cycles", trace.Cycles);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter json, string phase, string name, int process, int track)
    {
        json.WriteStartObject();
        json.WriteString("ph", phase);
        json.WriteString("name", name);
        json.WriteNumber("pid", process);
        json.WriteNumber("tid", track);
    }

    /// <summary>What is not known is left out.</summary>
    private static void WriteMicroseconds(Utf8JsonWriter json, string name, double seconds)
    {
        if (double.IsFinite(seconds))
        {
            json.WriteNumber(name, seconds * 1e6);
        }
    }
}
