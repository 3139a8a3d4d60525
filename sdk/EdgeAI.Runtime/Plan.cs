using System.Collections.Immutable;
using EdgeAI.Hal;
using EdgeAI.Runtime.Contracts;

namespace EdgeAI.Runtime;

/// <summary>
/// A compiled model as data: which executable runs on which device in which order, and where every tensor lies.
/// Needs neither graph nor compiler to run, and can be written to a file and read again.
/// </summary>
/// <param name="Model">Name of the model that it was made from.</param>
/// <param name="Profile">Board profile or measurement that the predictions stand on.</param>
/// <param name="Devices">Devices in use with the size of the arena on each; the first is the host, where inputs and outputs lie.</param>
/// <param name="Tensors">Every place that a tensor takes.</param>
/// <param name="Executables">What is loaded.</param>
/// <param name="Steps">What is done, in order.</param>
/// <param name="Inputs">Tensors to be fed, in the model's order.</param>
/// <param name="Outputs">Tensors that are the answer, in the model's order.</param>
/// <param name="Report">Why the plan is as it is.</param>
public sealed record Plan(
    string Model,
    string Profile,
    ImmutableArray<PlanDevice> Devices,
    ImmutableArray<PlanTensor> Tensors,
    ImmutableArray<PlanExecutable> Executables,
    ImmutableArray<PlanStep> Steps,
    ImmutableArray<int> Inputs,
    ImmutableArray<int> Outputs,
    PlanReport Report)
{
    /// <summary>Predicted seconds of one inference, one step after the other.</summary>
    public double PredictedSeconds => Steps.Sum(step => step.Predicted.Seconds);

    /// <summary>Number of executables started per inference on a device.</summary>
    public int StepCount(string device) =>
        Steps.OfType<RunStep>().Count(step => Devices[Executables[step.Executable].Device].Id == device);

    /// <summary>Id of the device of step <paramref name="step"/>; "from→to" for a copy.</summary>
    public string DeviceName(int step) => PlanText.DeviceOf(this, Steps[step]);

    /// <summary>What a step is, in a few words: the nodes that it runs, or the tensor that it copies.</summary>
    public string DescribeStep(int step) => PlanText.Describe(this, Steps[step]);

    /// <summary>What each device has of the plan, the host first; devices that were asked and run nothing are there too.</summary>
    public ImmutableArray<DeviceTotals> Totals() => PlanFigures.Of(this).Rows;

    /// <summary>The plan as text for people: steps, operators, refusal reasons, certificate.</summary>
    public string Explain() => PlanText.Explain(this);

    /// <summary>Checks that every index, range and binding of the plan fits; plans may come from files.</summary>
    /// <exception cref="ExecutableFormatException">Something does not fit; the message says what.</exception>
    public void Validate() => PlanValidator.Validate(this);
}

/// <summary>A device that a plan uses.</summary>
/// <param name="Id">Id in the runtime's catalog.</param>
/// <param name="ArenaByteCount">Bytes that the plan's tensors take on it.</param>
public sealed record PlanDevice(string Id, long ArenaByteCount);

/// <summary>A tensor's place: a range of a device's arena.</summary>
/// <param name="Spec">Name, type and shape.</param>
/// <param name="Device">Index into <see cref="Plan.Devices"/>.</param>
/// <param name="Offset">First byte in the arena; −1 when the device allocates it during the run (its size is not known before).</param>
public sealed record PlanTensor(TensorSpec Spec, int Device, long Offset)
{
    /// <summary>True when the size becomes known only in the run.</summary>
    public bool IsLate => Offset < 0;
}

/// <summary>An executable and the device that loads it.</summary>
/// <param name="Executable">The bytes.</param>
/// <param name="Device">Index into <see cref="Plan.Devices"/>.</param>
/// <param name="Nodes">Names of the graph nodes that it runs.</param>
public sealed record PlanExecutable(Executable Executable, int Device, ImmutableArray<string> Nodes);

/// <summary>What a step is predicted to cost.</summary>
public readonly record struct PredictedCost(double Seconds, double EnergyJoules, long BytesMoved);

/// <summary>One thing that the executor does.</summary>
/// <param name="Predicted">What it should cost.</param>
public abstract record PlanStep(PredictedCost Predicted);

/// <summary>Runs an executable.</summary>
/// <param name="Executable">Index into <see cref="Plan.Executables"/>.</param>
/// <param name="Inputs">Tensors bound to its inputs.</param>
/// <param name="Outputs">Tensors bound to its outputs.</param>
/// <param name="Predicted">What it should cost, launch included.</param>
public sealed record RunStep(int Executable, ImmutableArray<int> Inputs, ImmutableArray<int> Outputs, PredictedCost Predicted)
    : PlanStep(Predicted);

/// <summary>Copies a tensor to another device.</summary>
/// <param name="From">Tensor to read.</param>
/// <param name="To">Tensor to write; same type and shape.</param>
/// <param name="Predicted">What it should cost.</param>
public sealed record CopyStep(int From, int To, PredictedCost Predicted) : PlanStep(Predicted);

/// <summary>Why a plan is as it is: for reading, comparing and checking in CI.</summary>
/// <param name="Operators">A row per placed unit, in order.</param>
/// <param name="Solver">Solver that placed the units.</param>
/// <param name="Value">What the placement comes to by its objective: seconds, or joules for <see cref="EnergyObjective"/>.</param>
/// <param name="LowerBound">Proven: no placement is below this.</param>
/// <param name="Notes">Anything else the user should know: compile failures that went back to placement, devices that are missing.</param>
public sealed record PlanReport(
    ImmutableArray<OperatorReport> Operators, string Solver, double Value, double LowerBound, ImmutableArray<string> Notes)
{
    /// <summary>What more operators on a device would win, most first; empty where it was not asked for.</summary>
    public ImmutableArray<WhatIf> WhatIfs { get; init; } = [];

    /// <summary>The objective of a placement for the least sum of operators, copies and launches.</summary>
    public const string SumObjective = "sum of operators, copies and launches";

    /// <summary>The objective whose value is in joules.</summary>
    public const string EnergyObjective = "energy";

    /// <summary>In words, what was to be least.</summary>
    public string Objective { get; init; } = SumObjective;

    /// <summary>How far the placement may be from the best, as a fraction; 0 is proven optimal.</summary>
    public double Gap => Value > 0 ? Math.Max(0, (Value - LowerBound) / Value) : 0;
}

/// <summary>Where a unit runs and what every device answered.</summary>
/// <param name="Node">Name of its main node.</param>
/// <param name="Operator">Operator, with the group's form: "Conv", "QDQ Conv".</param>
/// <param name="Device">Id of the device that runs it.</param>
/// <param name="Segment">Index of the run step's executable.</param>
/// <param name="Predicted">Predicted cost there.</param>
/// <param name="Answers">What each device said.</param>
public sealed record OperatorReport(
    string Node, string Operator, string Device, int Segment, PredictedCost Predicted, ImmutableArray<DeviceAnswer> Answers)
{
    /// <summary>Rows of <see cref="PlanReport.Operators"/> whose results it reads.</summary>
    public ImmutableArray<int> Reads { get; init; } = [];
}

/// <summary>What would change if a device took operators that it refuses; the cost there is estimated, the placement is solved again.</summary>
/// <param name="Device">Id of the device.</param>
/// <param name="Operator">Operators of this kind.</param>
/// <param name="Constraints">Names of the conditions that say no today.</param>
/// <param name="Count">How many operators of the model that is.</param>
/// <param name="EstimatedSeconds">What they were taken to cost there, all together.</param>
/// <param name="WonSeconds">By how much the whole placement would be faster.</param>
public sealed record WhatIf(string Device, string Operator, ImmutableArray<string> Constraints, int Count, double EstimatedSeconds, double WonSeconds)
{
    /// <summary>"Softmax on npu would win 0.21 ms (…)".</summary>
    public override string ToString() =>
        $"{Operator} on {Device} would win {PlanFormat.Time(WonSeconds)} ({Count} refused by {string.Join(", ", Constraints)}; taken to cost {PlanFormat.Time(EstimatedSeconds)} there)";
}

/// <summary>A device's answer for a unit: its cost, or why not.</summary>
/// <param name="Device">Id of the device.</param>
/// <param name="Seconds">Predicted seconds, NaN when refused.</param>
/// <param name="Constraint">Name of the condition that said no, or null.</param>
/// <param name="Reason">What was found and expected, or null.</param>
public sealed record DeviceAnswer(string Device, double Seconds, string? Constraint, string? Reason)
{
    /// <summary>True when the device could run the unit.</summary>
    public bool IsSupported => Constraint is null;
}
