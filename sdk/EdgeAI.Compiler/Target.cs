using EdgeAI.Hal;

namespace EdgeAI.Compiler;

/// <summary>A named condition that a target sets for a unit; the answer is null for yes, or the reason for no.</summary>
/// <param name="Name">Short and fixed: "static-shape", "int8-activation", "kernel-size".</param>
/// <param name="Description">What is asked for, for people.</param>
/// <param name="WhyNot">Null when the unit passes, else what was found and what was expected.</param>
public sealed record Constraint(string Name, string Description, Func<GraphUnit, string?> WhyNot);

/// <summary>Why a unit cannot run on a target.</summary>
/// <param name="Constraint">The name of the condition that said no.</param>
/// <param name="Reason">What was found and what was expected.</param>
public sealed record Refusal(string Constraint, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Constraint}: {Reason}";
}

/// <summary>What running a unit costs on a device, as predicted.</summary>
/// <param name="Seconds">Time on the device's (or the board profile's) clock.</param>
/// <param name="EnergyJoules">Energy; NaN where unknown.</param>
/// <param name="BytesMoved">Bytes to and from the device's main memory.</param>
public readonly record struct UnitCost(double Seconds, double EnergyJoules, long BytesMoved)
{
    /// <summary>Bytes of the device's own memory that it keeps from load to unload: weights, commands; of a compiled segment scratch too.</summary>
    public long ResidentBytes { get; init; }
}

/// <summary>What compiling a segment came to.</summary>
public abstract record CompileResult;

/// <summary>The segment as bytes.</summary>
/// <param name="Executable">What the device loads.</param>
/// <param name="Cost">What the whole segment costs by the target's own model, now that it is compiled; null where it does not know better than the sum.</param>
public sealed record CompileSuccess(Executable Executable, UnitCost? Cost = null) : CompileResult;

/// <summary>The segment cannot be compiled; the unit is refused for this target and placement is solved again.</summary>
/// <param name="Unit">The unit to blame.</param>
/// <param name="Refusal">Why.</param>
public sealed record CompileFailure(GraphUnit Unit, Refusal Refusal) : CompileResult;

/// <summary>Turns segments into executables for one device. Knows graphs and never touches a device. Stateless and thread-safe.</summary>
public abstract class Target
{
    /// <summary>Id of the device that runs what it compiles: "npu", "dsp", "cpu".</summary>
    public abstract string Id { get; }

    /// <summary>The conditions, in the order in which they are asked; the first no is the reason.</summary>
    public abstract IReadOnlyList<Constraint> Constraints { get; }

    /// <summary>The first reason against running the unit here, or null.</summary>
    public virtual Refusal? Check(GraphUnit unit)
    {
        foreach (var constraint in Constraints)
        {
            if (constraint.WhyNot(unit) is { } reason)
            {
                return new Refusal(constraint.Name, reason);
            }
        }

        return null;
    }

    /// <summary>Predicted cost of a unit that passed <see cref="Check"/>.</summary>
    public abstract UnitCost Estimate(GraphUnit unit);

    /// <summary>
    /// Seconds per byte that a value costs beside its copy when it enters or leaves a segment here: a change of layout at the
    /// border. Placement counts it with the copy; the compiled segment's own cost holds it already.
    /// </summary>
    public virtual double BorderSecondsPerByte => 0;

    /// <summary>Bytes of memory of its own that the device has for what it keeps and for a frame's values; null where it works in the host's memory.</summary>
    public virtual long? MemoryBytes => null;

    /// <summary>Compiles a segment of units that all passed <see cref="Check"/>. Deterministic: equal segments give equal bytes.</summary>
    public abstract CompileResult Compile(GraphSegment segment);
}
