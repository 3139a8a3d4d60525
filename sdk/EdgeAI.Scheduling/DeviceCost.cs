namespace EdgeAI.Scheduling;

/// <summary>A device's answer for one item: what it costs there, or why it cannot run there.</summary>
public readonly record struct DeviceCost
{
    private DeviceCost(double value, string? refusal) => (Value, Refusal) = (value, refusal);

    /// <summary>The cost in the problem's unit; infinite when refused.</summary>
    public double Value { get; }

    /// <summary>Why the device refuses the item; null when it takes it.</summary>
    public string? Refusal { get; }

    /// <summary>Whether the device refuses the item.</summary>
    public bool IsRefused => Refusal is not null;

    /// <summary>The device takes the item at this cost (finite, not negative; a problem that breaks this is refused by the solver).</summary>
    public static DeviceCost Of(double value) => new(value, null);

    /// <summary>The device refuses the item for this reason.</summary>
    public static DeviceCost Refused(string reason) => new(double.PositiveInfinity, reason ?? throw new ArgumentNullException(nameof(reason)));

    /// <inheritdoc/>
    public override string ToString() => Refusal is null ? FormattableString.Invariant($"{Value}") : $"refused: {Refusal}";
}
