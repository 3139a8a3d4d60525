namespace EdgeAI.Scheduling;

/// <summary>A one-way path on which a value can be copied from one device to another.</summary>
/// <param name="From">The device that has the value.</param>
/// <param name="To">The device that gets a copy.</param>
/// <param name="FixedCost">Paid per copy, in the problem's unit.</param>
/// <param name="CostPerByte">Paid per byte, in the problem's unit; 0 when nothing is moved.</param>
/// <param name="IsZeroCopy">Whether both devices see the same memory, so that nothing is moved.</param>
/// <param name="FixedEnergy">Joules per copy.</param>
/// <param name="EnergyPerByte">Joules per byte.</param>
public sealed record Link(int From, int To, double FixedCost, double CostPerByte, bool IsZeroCopy = false, double FixedEnergy = 0, double EnergyPerByte = 0)
{
    /// <summary>A link that moves bytes: <paramref name="latency"/> in seconds plus bytes over <paramref name="bytesPerSecond"/>.</summary>
    public static Link OfBandwidth(int from, int to, double bytesPerSecond, double latency = 0) => new(from, to, latency, 1 / bytesPerSecond);

    /// <summary>A link over shared memory: nothing but <paramref name="latency"/> in seconds (cache maintenance, a barrier).</summary>
    public static Link ZeroCopy(int from, int to, double latency = 0) => new(from, to, latency, 0, IsZeroCopy: true);

    /// <summary>What it costs to copy that many bytes, in the problem's unit.</summary>
    public double CopyCost(long bytes) => FixedCost + (CostPerByte * bytes);

    /// <summary>Joules to copy that many bytes.</summary>
    public double CopyEnergy(long bytes) => FixedEnergy + (EnergyPerByte * bytes);
}
