using EdgeAI.Runtime.Execution;

namespace EdgeAI.Runtime;

/// <summary>What a full stream does with one frame more.</summary>
public enum DropPolicy
{
    /// <summary>Who brings it waits until there is room: no frame is lost, the source is slowed down.</summary>
    Wait,

    /// <summary>The frame that has waited longest goes: answers stay fresh. For cameras.</summary>
    DropOldest,

    /// <summary>It is refused.</summary>
    DropNewest,
}

/// <summary>How frames flow through a stream. Changed by <c>with</c>.</summary>
public sealed record StreamOptions
{
    /// <summary>The defaults.</summary>
    public static StreamOptions Default { get; } = new();

    /// <summary>Frames that are worked on at a time, each with buffers of its own; 0 takes as many as keep the busiest device busy.</summary>
    public int FramesInFlight { get; init => field = value >= 0 ? value : throw Bad(nameof(FramesInFlight), value, "at least 0"); }

    /// <summary>Frames that may wait besides, each with buffers of its own.</summary>
    public int Capacity { get; init => field = value >= 1 ? value : throw Bad(nameof(Capacity), value, "at least 1"); } = 2;

    /// <summary>What happens with a frame for which there is no room.</summary>
    public DropPolicy WhenFull { get; init; } = DropPolicy.Wait;

    /// <summary>Time from a frame's submission to its last step's end, on the executor's clock; infinite for none.</summary>
    public TimeSpan Deadline { get; init => field = RunLimit.Checked(value); } = Timeout.InfiniteTimeSpan;

    private static ArgumentOutOfRangeException Bad(string name, int value, string expected) => new(name, value, $"A stream's {name} is {expected}.");
}

/// <summary>What has become of a stream's frames.</summary>
/// <param name="Submitted">Frames that were handed in.</param>
/// <param name="Dropped">Frames for which there was no room, those of <see cref="Submitted"/> that were thrown out again included.</param>
/// <param name="Failed">Frames that ended with an error.</param>
/// <param name="Delivered">Frames that were read, failed ones included.</param>
public readonly record struct StreamStatistics(long Submitted, long Dropped, long Failed, long Delivered);
