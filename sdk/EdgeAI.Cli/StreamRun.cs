using System.Runtime.ExceptionServices;
using System.Text.Json;
using EdgeAI.Runtime;

namespace EdgeAI.Cli;

/// <summary>The same inputs sent through a stream several times, and what that took.</summary>
internal sealed class StreamRun
{
    private StreamRun(Plan plan, int framesInFlight) => (Plan, FramesInFlight) = (plan, framesInFlight);

    public Plan Plan { get; }

    public int FramesInFlight { get; }

    public List<FrameTrace> Frames { get; } = [];

    /// <summary>Whether times are those of simulated devices.</summary>
    public bool IsSimulated => Frames.TrueForAll(frame => double.IsFinite(frame.SimulatedStart));

    /// <summary>Seconds from one frame's end to the next one's: the mean over the later half, when the stream is full.</summary>
    public double IntervalSeconds
    {
        get
        {
            var (middle, last) = ((Frames.Count - 1) / 2, Frames.Count - 1);
            return last == 0 ? End(Frames[0]) : (End(Frames[last]) - End(Frames[middle])) / (last - middle);
        }
    }

    /// <summary>Sends frames as fast as they are taken.</summary>
    public static StreamRun Run(EdgeModel model, IReadOnlyList<EdgeTensor> feeds, int frames, CancellationToken cancellationToken)
    {
        using var stream = model.OpenStream(shapes: [.. feeds.Select(feed => feed.Shape)]);
        var (result, sent) = (new StreamRun(stream.Plan, stream.FramesInFlight), 0);
        while (result.Frames.Count < frames)
        {
            for (; sent < frames && stream.TryRent(out var free); sent++)
            {
                Write(free, feeds);
                stream.Submit(free);
            }

            var frame = stream.ReadAsync(cancellationToken).AsTask().GetAwaiter().GetResult()!;
            if (frame.Error is { } error)
            {
                ExceptionDispatchInfo.Throw(error);
            }

            result.Frames.Add(stream.TraceOf(frame));
        }

        return result;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("stream");
        json.WriteNumber("frames", Frames.Count);
        json.WriteNumber("framesInFlight", FramesInFlight);
        json.WriteBoolean("isSimulated", IsSimulated);
        json.WriteNumber("intervalSeconds", IntervalSeconds);
        json.WriteEndObject();
    }

    public override string ToString() =>
        $"{Frames.Count} frames, {FramesInFlight} in flight: one every {PlanFormat.Time(IntervalSeconds)} ({(IsSimulated ? "simulated" : "wall")})\n";

    private static void Write(StreamFrame frame, IReadOnlyList<EdgeTensor> feeds)
    {
        for (var input = 0; input < feeds.Count; input++)
        {
            feeds[input].Bytes.CopyTo(frame.InputBytes(input));
        }
    }

    private double End(FrameTrace frame) => frame.Steps
        .Select(step => IsSimulated
            ? frame.SimulatedStart + step.SimulatedStart + (double.IsNaN(step.SimulatedSeconds) ? step.PredictedSeconds : step.SimulatedSeconds)
            : frame.WallStart + step.WallStart + step.WallSeconds)
        .DefaultIfEmpty(0).Max();
}
