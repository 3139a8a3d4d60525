using System.Collections.Immutable;
using System.Text.Json;
using EdgeAI.Hal;
using EdgeAI.Runtime.Contracts;

namespace EdgeAI.Runtime;

/// <summary>A contract for CI: what a plan came to when it was accepted. A text file (JSON) to be committed beside the model.</summary>
/// <param name="Format">Version of the form: 1.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Profile">Board profile or measurement that the predictions stand on.</param>
/// <param name="PredictedSeconds">Predicted time of one inference.</param>
/// <param name="EnergyJoules">Predicted energy; null where it is not known.</param>
/// <param name="Segments">Executables started per inference.</param>
/// <param name="Coverage">Operators by device.</param>
/// <param name="Operators">Where each operator runs, in order.</param>
public sealed record PlanLock(
    int Format, string Model, string Profile, double PredictedSeconds, double? EnergyJoules, int Segments,
    ImmutableSortedDictionary<string, int> Coverage, ImmutableArray<LockedOperator> Operators)
{
    private const int ThisFormat = 1;

    /// <summary>The contract that a plan holds.</summary>
    public static PlanLock Of(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var figures = PlanFigures.Of(plan);
        return new PlanLock(
            ThisFormat, plan.Model, plan.Profile, figures.Seconds, double.IsFinite(figures.Joules) ? figures.Joules : null, figures.Segments,
            figures.Rows.ToImmutableSortedDictionary(row => row.Device, row => row.Operators, StringComparer.Ordinal),
            [.. plan.Report.Operators.Select(row => new LockedOperator(row.Node, row.Operator, row.Device))]);
    }

    /// <summary>Reads a contract.</summary>
    /// <exception cref="ExecutableFormatException">It is not one; the message names the property.</exception>
    public static PlanLock Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var read = JsonSerializer.Deserialize(json, LockJson.Default.PlanLock) ?? throw new JsonException("it is null");
            return read.Check();
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw new ExecutableFormatException($"Plan lock: {error.Message} Write it again with 'edgeai plan MODEL --lock FILE'.", error);
        }
    }

    /// <summary>Writes the contract. Equal plans give equal bytes.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        JsonSerializer.Serialize(stream, this, LockJson.Default.PlanLock);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>What is different now. Coverage gets worse where a device other than the host loses operators.</summary>
    /// <param name="plan">The plan of the same model under the same profile.</param>
    /// <param name="tolerance">Part by which time and energy may grow: 0.05 is 5 %.</param>
    /// <exception cref="ExecutableFormatException">The contract is of another model or profile, so that nothing can be compared.</exception>
    public ImmutableArray<PlanDifference> Compare(Plan plan, double tolerance = 0)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (double.IsNaN(tolerance))
        {
            throw new ArgumentOutOfRangeException(nameof(tolerance), "A tolerance is a number of at least 0.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(tolerance);
        return plan.Model == Model && plan.Profile == Profile ? LockComparison.Run(this, plan, tolerance)
            : throw new ExecutableFormatException($"Plan lock: it is of model '{Model}' under profile '{Profile}'; the plan is of '{plan.Model}' under '{plan.Profile}'. Give the same model and profile, or write the lock again.");
    }

    private PlanLock Check()
    {
        Require(Format == ThisFormat, $"format {Format}; this library reads {ThisFormat}.");
        Require(double.IsFinite(PredictedSeconds) && PredictedSeconds >= 0, $"'predictedSeconds' is {PredictedSeconds}; expected a time of at least 0.");
        Require(EnergyJoules is null or >= 0, $"'energyJoules' is {EnergyJoules}; expected at least 0, or null.");
        Require(Segments >= 0, $"'segments' is {Segments}; expected at least 0.");
        Require(Coverage.Values.All(count => count >= 0), "'coverage' has a negative count.");
        Require(!Operators.IsDefault && Operators.All(row => row is not null), "'operators' has no list, or a null in it.");
        return this;
    }

    private static void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new JsonException(problem);
        }
    }
}

/// <summary>Where an operator runs.</summary>
/// <param name="Node">Name of its main node.</param>
/// <param name="Operator">Operator, with the group's form.</param>
/// <param name="Device">Id of the device.</param>
public sealed record LockedOperator(string Node, string Operator, string Device);

/// <summary>Something that is not as in the contract.</summary>
/// <param name="What">"coverage", "latency", "energy", "segments" or "operators".</param>
/// <param name="IsWorse">True where it breaks the contract.</param>
/// <param name="Text">What was, what is and which operators are why, for people; may have several lines.</param>
public sealed record PlanDifference(string What, bool IsWorse, string Text);
