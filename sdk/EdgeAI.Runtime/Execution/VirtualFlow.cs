using EdgeAI.Hal;

namespace EdgeAI.Runtime.Execution;

/// <summary>
/// Frames in virtual time: on one thread, always the step that starts first, so that lanes overlap as they would on the board
/// and every run gives the same times. Not thread-safe.
/// </summary>
internal sealed class VirtualFlow(StepGraph graph, VirtualClock clock)
{
    private readonly StepQueue _queue = new(graph);

    /// <summary>Lets a frame in at a time of the clock.</summary>
    public void Add(FrameProgress frame, double at)
    {
        _queue.Add(frame, at);
        if (frame.IsEnded)
        {
            // A plan without steps.
            frame.Owner!.End();
        }
    }

    /// <summary>Does one step; false when none is ready.</summary>
    public bool Step()
    {
        if (!_queue.TryTakeEarliest(out var step, out var start))
        {
            return false;
        }

        clock.AdvanceTo(start);
        var (seconds, isWell) = step.Frame.Owner!.Do(step.Step, start, start - step.ReadyAt);
        _queue.End(step, start + seconds);
        if (!isWell)
        {
            _queue.Stop(step.Frame);
        }

        if (step.Frame.IsEnded)
        {
            step.Frame.Owner.End();
        }

        return true;
    }

    /// <summary>Lets no further step of a frame start; no step is being done between two calls, so it has ended.</summary>
    public void Stop(FrameProgress frame)
    {
        _queue.Stop(frame);
        frame.Owner!.End();
    }
}
