namespace EdgeAI.Runtime;

/// <summary>What one step took. Predicted, simulated and wall time are never mixed. All are NaN for a step that was not done, because the run ended before.</summary>
/// <param name="PredictedSeconds">By the plan.</param>
/// <param name="SimulatedSeconds">On the simulated device's clock; NaN where nothing is simulated.</param>
/// <param name="WallSeconds">On this machine's clock.</param>
/// <param name="Cycles">The device's own count; 0 where it has none.</param>
/// <param name="EnergyJoules">By the device; NaN where unknown.</param>
public readonly record struct StepTrace(
    double PredictedSeconds, double SimulatedSeconds, double WallSeconds, long Cycles, double EnergyJoules)
{
    /// <summary>False when the run ended before the step had.</summary>
    public bool IsDone => !double.IsNaN(WallSeconds);

    /// <summary>When it started, in seconds since the run's start on this machine's clock.</summary>
    public double WallStart { get; init; }

    /// <summary>When it started, in seconds since the run's start on a <see cref="Hal.VirtualClock"/>; NaN where the run has another.</summary>
    public double SimulatedStart { get; init; }

    /// <summary>A step that was not done.</summary>
    internal static StepTrace NotDone { get; } = new(double.NaN, double.NaN, double.NaN, 0, double.NaN) { WallStart = double.NaN, SimulatedStart = double.NaN };
}
