namespace EdgeAI.Scheduling;

/// <summary>A device's answer for one item: what it costs there, or why it cannot run there.</summary>
public readonly record struct DeviceCost
{
    private DeviceCost(double value, double energy, long residentBytes, string? refusal) =>
        (Value, Energy, ResidentBytes, Refusal) = (value, energy, residentBytes, refusal);

    /// <summary>The cost in the problem's unit; infinite when refused.</summary>
    public double Value { get; }

    /// <summary>Joules; 0 when refused or not known.</summary>
    public double Energy { get; }

    /// <summary>Bytes that the device keeps for the item between runs, such as its weights.</summary>
    public long ResidentBytes { get; }

    /// <summary>Why the device refuses the item; null when it takes it.</summary>
    public string? Refusal { get; }

    /// <summary>Whether the device refuses the item.</summary>
    public bool IsRefused => Refusal is not null;

    /// <summary>The device takes the item at this cost (finite, not negative, like the others; a problem that breaks this is refused by the solver).</summary>
    public static DeviceCost Of(double value, double energy = 0, long residentBytes = 0) => new(value, energy, residentBytes, null);

    /// <summary>The device refuses the item for this reason.</summary>
    public static DeviceCost Refused(string reason) => new(double.PositiveInfinity, 0, 0, reason ?? throw new ArgumentNullException(nameof(reason)));

    /// <summary>The same answer with another cost, energy or both.</summary>
    public DeviceCost With(double value, double? energy = null) => IsRefused ? this : Of(value, energy ?? Energy, ResidentBytes);

    /// <inheritdoc/>
    public override string ToString() => Refusal is null ? FormattableString.Invariant($"{Value}") : $"refused: {Refusal}";
}
