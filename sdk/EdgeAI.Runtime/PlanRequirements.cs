using EdgeAI.Runtime.Contracts;

namespace EdgeAI.Runtime;

/// <summary>What a plan must hold; what is null is not asked for. Held against predictions, not against measurements.</summary>
public sealed record PlanRequirements
{
    /// <summary>Least part of the operators, 0 to 1, on <see cref="Device"/>; without one, on any device but the host.</summary>
    public double? Coverage { get; init; }

    /// <summary>Most time of one inference.</summary>
    public TimeSpan? MaxLatency { get; init; }

    /// <summary>Most energy of one inference, in joules.</summary>
    public double? MaxEnergyJoules { get; init; }

    /// <summary>Most executables started per inference.</summary>
    public int? MaxSegments { get; init; }

    /// <summary>Device that <see cref="Coverage"/> speaks of; without a coverage it must run at least one operator.</summary>
    public string? Device { get; init; }

    /// <summary>Checks a plan.</summary>
    /// <exception cref="PlanRequirementException">Something does not hold: the message says what is, what was required, and which operators are why; or a requirement can hold for no plan.</exception>
    public void Check(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        RequirementCheck.Run(this, plan);
    }
}
