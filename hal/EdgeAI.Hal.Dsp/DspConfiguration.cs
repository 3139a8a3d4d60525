namespace EdgeAI.Hal.Dsp;

/// <summary>What the unit's activities cost, in joules.</summary>
/// <param name="PerIssueSlot">One vector operation of full width.</param>
/// <param name="PerTcmByte">One byte between tightly coupled memory and registers.</param>
/// <param name="PerDmaByte">One byte between main memory and tightly coupled memory.</param>
/// <param name="PerCycle">One cycle of being on.</param>
public readonly record struct DspEnergy(double PerIssueSlot, double PerTcmByte, double PerDmaByte, double PerCycle);

/// <summary>The parameters of a vector processor. Results never depend on them, only time and energy and what fits.</summary>
/// <param name="Name">Name of the preset or of the variation.</param>
public sealed record DspConfiguration(string Name)
{
    /// <summary>Bits of a vector register; a power of two from 128 to 4096.</summary>
    public int VectorBits { get; init => field = Check(value, 128, 4096, nameof(VectorBits)); } = 1024;

    /// <summary>Hardware threads that issue vector operations side by side, 1 to 64.</summary>
    public int Threads { get; init => field = Check(value, 1, 64, nameof(Threads)); } = 4;

    /// <summary>Clock in hertz.</summary>
    public double ClockHertz
    {
        get;
        init => field = value is > 0 and < 1e11 ? value : throw Bad(nameof(ClockHertz), value, "above 0 and below 1e11");
    } = 1e9;

    /// <summary>Tightly coupled memory in KiB, 16 to 65,536.</summary>
    public int TcmKibibytes { get; init => field = Check(value, 16, 65_536, nameof(TcmKibibytes)); } = 512;

    /// <summary>Bytes per cycle between main memory and tightly coupled memory, 1 to 1,024.</summary>
    public int DmaBytesPerCycle { get; init => field = Check(value, 1, 1024, nameof(DmaBytesPerCycle)); } = 16;

    /// <summary>Energies.</summary>
    public DspEnergy Energy { get; init; } = new(60e-12, 0.6e-12, 20e-12, 15e-12);

    /// <summary>float32 lanes of a vector.</summary>
    public int Lanes => VectorBits / 32;

    /// <summary>Tightly coupled memory in bytes.</summary>
    public long TcmBytes => TcmKibibytes * 1024L;

    /// <summary>The class of a phone's vector unit: four threads of 1,024 bits at 1.2 GHz, 1 MiB.</summary>
    public static DspConfiguration PhoneDsp { get; } = new("phone-dsp")
    {
        VectorBits = 1024, Threads = 4, ClockHertz = 1.2e9, TcmKibibytes = 1024, DmaBytesPerCycle = 32,
        Energy = new(45e-12, 0.4e-12, 15e-12, 12e-12),
    };

    /// <summary>The class of a smart-home hub's audio unit: two threads of 512 bits at 600 MHz, 256 KiB.</summary>
    public static DspConfiguration HubDsp { get; } = new("hub-dsp")
    {
        VectorBits = 512, Threads = 2, ClockHertz = 600e6, TcmKibibytes = 256, DmaBytesPerCycle = 8,
        Energy = new(40e-12, 0.6e-12, 25e-12, 8e-12),
    };

    /// <summary>All presets.</summary>
    public static IReadOnlyList<DspConfiguration> Presets { get; } = [PhoneDsp, HubDsp];

    /// <summary>The preset of that name.</summary>
    /// <exception cref="DeviceUnavailableException">There is none; the message lists the names.</exception>
    public static DspConfiguration ByName(string name) =>
        Presets.FirstOrDefault(preset => preset.Name == name)
        ?? throw new DeviceUnavailableException($"There is no DSP preset '{name}'; known: {string.Join(", ", Presets.Select(preset => preset.Name))}.");

    /// <summary>Seconds that so many cycles take.</summary>
    public double Seconds(long cycles) => cycles / ClockHertz;

    /// <summary>Every parameter, "Name = hub-dsp, VectorBits = 512, …": equal for equal machines.</summary>
    public string ToParameterText() => FormattableString.Invariant(
        $"Name = {Name}, VectorBits = {VectorBits}, Threads = {Threads}, ClockHertz = {ClockHertz}, TcmKibibytes = {TcmKibibytes}, DmaBytesPerCycle = {DmaBytesPerCycle}, PerIssueSlot = {Energy.PerIssueSlot}, PerTcmByte = {Energy.PerTcmByte}, PerDmaByte = {Energy.PerDmaByte}, PerCycle = {Energy.PerCycle}");

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name}: {Threads} threads × {VectorBits} bit, {ClockHertz / 1e6:0.#} MHz, {TcmKibibytes} KiB TCM, {DmaBytesPerCycle} B/cycle DMA";

    private static int Check(int value, int lowest, int highest, string name)
    {
        if (value < lowest || value > highest)
        {
            throw Bad(name, value, $"{lowest} to {highest}");
        }

        return name == nameof(VectorBits) && !int.IsPow2(value) ? throw Bad(name, value, "a power of two") : value;
    }

    private static ArgumentOutOfRangeException Bad(string name, object value, string expected) =>
        new(name, value, $"A DSP's {name} is {expected}.");
}
