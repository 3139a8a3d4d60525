using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Compiler;

/// <summary>
/// What placement knows of a board: a server's CPU says nothing about it. Figures are assumptions from public data
/// sheets unless the profile says that they were measured.
/// </summary>
/// <param name="Name">"hub", "phone", "raspberry-pi-5" …</param>
/// <param name="Description">What board it stands for and where the figures come from.</param>
/// <param name="Cpu">The processor.</param>
/// <param name="Npu">Name of the NPU configuration on the board; null where it has none.</param>
/// <param name="Dsp">Name of the DSP configuration; null where it has none.</param>
/// <param name="Launches">Seconds to start an executable, by device id.</param>
/// <param name="Links">Copies between the host's memory and a device's, by device id.</param>
public sealed record BoardProfile(
    string Name, string Description, CpuProfile Cpu, string? Npu, string? Dsp,
    ImmutableDictionary<string, double> Launches, ImmutableDictionary<string, LinkProfile> Links)
{
    /// <summary>Names of the profiles that come with the library.</summary>
    public static IReadOnlyList<string> Names { get; } = ["desktop", "hub", "phone", "raspberry-pi-5"];

    /// <summary>Where each figure comes from, by its place in the JSON ("cpu.nodeSeconds"); those of the library's profiles all have one.</summary>
    public ImmutableSortedDictionary<string, string> Sources { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The profile that is used when none is named.</summary>
    public static BoardProfile Default => ByName("hub");

    /// <summary>A profile that comes with the library.</summary>
    /// <exception cref="DeviceUnavailableException">There is none of that name.</exception>
    public static BoardProfile ByName(string name)
    {
        using var stream = typeof(BoardProfile).Assembly.GetManifestResourceStream($"EdgeAI.Compiler.Costs.Profiles.{name}.json")
            ?? throw new DeviceUnavailableException($"There is no board profile '{name}'. Known: {string.Join(", ", Names)}; or give a JSON file.");
        return Read(stream);
    }

    /// <summary>Reads a profile from JSON.</summary>
    /// <exception cref="ExecutableFormatException">The JSON is not a profile; the message names the property.</exception>
    public static BoardProfile Read(Stream json) => Costs.BoardProfileReader.Read(json);

    /// <summary>The same board with costs that leave the CPU only what no accelerator takes: for coverage and studies, not for speed.</summary>
    public BoardProfile AcceleratorsFirst() => this with
    {
        Name = "accelerators-first",
        Description = "Every unit on the CPU costs a second, links and launches nothing.",
        Cpu = new CpuProfile(1e12, 1e12, 1e12, 1e12, 1, 1),
        Launches = ImmutableDictionary<string, double>.Empty,
        Links = ImmutableDictionary<string, LinkProfile>.Empty,
    };

    /// <summary>Seconds to start an executable on a device.</summary>
    public double LaunchSeconds(string device) => Launches.GetValueOrDefault(device);

    /// <summary>Copies between the host and a device; memory-speed and free of latency for the host itself.</summary>
    public LinkProfile Link(string device) => Links.GetValueOrDefault(device) ?? new LinkProfile(Cpu.MemoryBytesPerSecond, 0, 0);
}

/// <summary>A processor as a roofline.</summary>
/// <param name="FloatMacsPerSecond">Float32 multiply-adds that convolutions really reach, all cores used.</param>
/// <param name="IntegerMacsPerSecond">8-bit multiply-adds likewise.</param>
/// <param name="ElementsPerSecond">Simple element operations.</param>
/// <param name="MemoryBytesPerSecond">Main memory.</param>
/// <param name="NodeSeconds">Overhead of a node.</param>
/// <param name="ActiveWatts">Power while it computes.</param>
public sealed record CpuProfile(
    double FloatMacsPerSecond, double IntegerMacsPerSecond, double ElementsPerSecond, double MemoryBytesPerSecond,
    double NodeSeconds, double ActiveWatts);

/// <summary>A way for bytes.</summary>
/// <param name="BytesPerSecond">Bandwidth.</param>
/// <param name="LatencySeconds">Fixed time of a copy: cache maintenance, descriptor, interrupt.</param>
/// <param name="JoulesPerByte">Energy.</param>
public sealed record LinkProfile(double BytesPerSecond, double LatencySeconds, double JoulesPerByte);
