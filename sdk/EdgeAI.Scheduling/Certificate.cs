using System.Globalization;

namespace EdgeAI.Scheduling;

/// <summary>How good an answer is, and who says so.</summary>
/// <param name="Objective">The objective of which value and bound speak.</param>
/// <param name="Unit">Their unit.</param>
/// <param name="Value">What the placement costs.</param>
/// <param name="LowerBound">What no placement can undercut.</param>
/// <param name="Solver">The algorithm that found the answer and the bound.</param>
/// <param name="Time">How long the whole solve took.</param>
public sealed record Certificate(PlacementObjective Objective, PlacementUnit Unit, double Value, double LowerBound, string Solver, TimeSpan Time)
{
    /// <summary>What the same placement comes to with the costs of its compiled segments, where they are known: value and bound speak of the model.</summary>
    public double? CompiledValue { get; init; }

    /// <summary>How far the value can at most be above the optimum, as a part of the value; 0 is optimal.</summary>
    public double Gap => Value > LowerBound ? (Value - LowerBound) / Value : 0;

    /// <summary>Whether the value is proved to be the least.</summary>
    public bool IsOptimal => Gap == 0;

    /// <summary>One line: objective, value, gap or "optimal", solver, time.</summary>
    public override string ToString()
    {
        var quality = IsOptimal ? "optimal" : string.Create(CultureInfo.InvariantCulture, $"gap {Gap:P2} above the bound {Format(LowerBound)}");
        return string.Create(CultureInfo.InvariantCulture, $"{ObjectiveName}: {Format(Value)}, {quality}{Compiled} ({Solver}, {Time.TotalMilliseconds:0.0} ms)");
    }

    private string Compiled => CompiledValue is { } compiled ? $"; {Format(compiled)} as compiled" : "";

    /// <summary>The objective in words.</summary>
    public string ObjectiveName => Objective switch
    {
        PlacementObjective.Additive => "sum of operators and copies",
        PlacementObjective.AdditiveWithLaunches => "sum of operators, copies and launches",
        PlacementObjective.Makespan => "makespan",
        PlacementObjective.Throughput => "time per frame in a stream",
        _ => "energy",
    };

    private string Format(double cost) => Unit == PlacementUnit.Seconds
        ? string.Create(CultureInfo.InvariantCulture, $"{cost * 1e3:0.######} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{cost * 1e3:0.######} mJ");
}
