using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using EdgeAI.Runtime.Telemetry;

namespace EdgeAI.Runtime;

/// <summary>
/// What a plan's steps took over all runs so far, against what was predicted. Simulated time belongs to the board that the
/// prediction speaks of, wall time to this machine: each has a ratio of its own.
/// </summary>
public sealed class PlanStatistics
{
    internal PlanStatistics(Plan plan, ImmutableArray<StepStatistics> steps) => (Plan, Steps) = (plan, steps);

    /// <summary>The plan.</summary>
    public Plan Plan { get; }

    /// <summary>A row per step.</summary>
    public ImmutableArray<StepStatistics> Steps { get; }

    /// <summary>Runs in which the last step ended.</summary>
    public long Runs => Steps.IsEmpty ? 0 : Steps.Min(step => step.Runs);

    /// <summary>Simulated over predicted time of the steps that are simulated; NaN where none is.</summary>
    public double SimulatedRatio => Ratio(Steps.Where(step => !double.IsNaN(step.MeanSimulatedSeconds)), step => step.MeanSimulatedSeconds);

    /// <summary>Wall over predicted time of all steps; says how good the prediction is only where the plan runs on the board that it was made for.</summary>
    public double WallRatio => Ratio(Steps.Where(step => step.Runs > 0), step => step.MeanWallSeconds);

    /// <summary>The rows as a table for people.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Plan.Model}: {Runs} runs, simulated / predicted {Times(SimulatedRatio)}, wall / predicted {Times(WallRatio)}");
        text.AppendLine("  step  device         runs   predicted   simulated  sim/pred        wall       worst  wall/pred  what");
        foreach (var step in Steps)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {step.Step,4}  {step.Device,-9} {step.Runs,9}  {PlanFormat.Time(step.PredictedSeconds),10}  {PlanFormat.Time(step.MeanSimulatedSeconds),10}  {Times(step.SimulatedRatio),8}  {PlanFormat.Time(step.MeanWallSeconds),10}  {PlanFormat.Time(step.WorstWallSeconds),10}  {Times(step.WallRatio),9}  {step.What}");
        }

        return text.ToString();
    }

    private static double Ratio(IEnumerable<StepStatistics> steps, Func<StepStatistics, double> measured)
    {
        var (sum, predicted) = (0.0, 0.0);
        foreach (var step in steps)
        {
            sum += measured(step);
            predicted += step.PredictedSeconds;
        }

        return predicted > 0 ? sum / predicted : double.NaN;
    }

    private static string Times(double ratio) => double.IsNaN(ratio) ? "-" : ratio.ToString("0.00 ×", CultureInfo.InvariantCulture);
}

/// <summary>What one step took over all runs so far.</summary>
public sealed record StepStatistics
{
    internal StepStatistics(Plan plan, int step, in StepTotals totals)
    {
        (Step, Device, What, Runs) = (step, plan.DeviceName(step), PlanText.Describe(plan, plan.Steps[step]), totals.Runs);
        PredictedSeconds = plan.Steps[step].Predicted.Seconds;
        MeanSimulatedSeconds = totals.SimulatedRuns > 0 ? totals.SimulatedSeconds / totals.SimulatedRuns : double.NaN;
        MeanWallSeconds = totals.Runs > 0 ? Math.Min(totals.WallSeconds / totals.Runs, totals.WorstWallSeconds) : double.NaN;
        WorstWallSeconds = totals.Runs > 0 ? totals.WorstWallSeconds : double.NaN;
    }

    /// <summary>Index of the plan's step.</summary>
    public int Step { get; }

    /// <summary>Id of its device; "from→to" for a copy.</summary>
    public string Device { get; }

    /// <summary>Its nodes, or what it copies, in a few words.</summary>
    public string What { get; }

    /// <summary>How often it ended well.</summary>
    public long Runs { get; }

    /// <summary>By the plan.</summary>
    public double PredictedSeconds { get; }

    /// <summary>Mean on the simulated device's clock; NaN where nothing is simulated.</summary>
    public double MeanSimulatedSeconds { get; }

    /// <summary>Mean on this machine's clock; NaN before the first run.</summary>
    public double MeanWallSeconds { get; }

    /// <summary>The longest on this machine's clock; NaN before the first run.</summary>
    public double WorstWallSeconds { get; }

    /// <summary>Simulated over predicted time: 1 is a perfect prediction; NaN where one of them is not there.</summary>
    public double SimulatedRatio => PredictedSeconds > 0 ? MeanSimulatedSeconds / PredictedSeconds : double.NaN;

    /// <summary>Wall over predicted time; NaN where one of them is not there.</summary>
    public double WallRatio => PredictedSeconds > 0 ? MeanWallSeconds / PredictedSeconds : double.NaN;
}
