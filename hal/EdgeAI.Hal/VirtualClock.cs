namespace EdgeAI.Hal;

/// <summary>A clock that stands still until it is moved: the time of runs on simulated devices. Nanosecond ticks. Thread-safe.</summary>
public sealed class VirtualClock : TimeProvider
{
    private long _nanoseconds;

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000_000_000;

    /// <summary>Seconds since the clock was made.</summary>
    public double ElapsedSeconds => GetTimestamp() / 1e9;

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _nanoseconds);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp() / 100);

    /// <summary>Moves the clock forward.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is negative or not a number.</exception>
    public void Advance(double seconds) => Interlocked.Add(ref _nanoseconds, Nanoseconds(seconds));

    /// <summary>Moves the clock forward to a time that <see cref="ElapsedSeconds"/> then shows; a clock that is past it stays.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative or not a number.</exception>
    public void AdvanceTo(double seconds)
    {
        var target = Nanoseconds(seconds);
        for (var now = GetTimestamp(); now < target;)
        {
            var found = Interlocked.CompareExchange(ref _nanoseconds, target, now);
            now = found == now ? target : found;
        }
    }

    /// <summary>Not there: a timer of the base class would ring in wall time. Who waits for a time of this clock moves it there.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("A virtual clock has no timers, delays or timeouts: it stands still until runs, Advance or AdvanceTo move it.");

    private static long Nanoseconds(double seconds) =>
        seconds is >= 0 and < 1e9 ? (long)Math.Round(seconds * 1e9)
            : throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "A clock moves forward, by less than 1e9 s.");
}
