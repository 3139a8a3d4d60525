using EdgeAI.Compiler;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Testing;

/// <summary>Devices that the same model is run on, for tests and tables.</summary>
/// <param name="Name">Short: "cpu", "sim".</param>
/// <param name="Description">For people.</param>
/// <param name="Add">Adds them.</param>
public sealed record DeviceSet(string Name, string Description, Action<DeviceSetup, CpuOptions> Add)
{
    /// <summary>The CPU alone.</summary>
    public static DeviceSet Cpu { get; } = new("cpu", "CPU", (devices, cpu) => devices.AddCpu(cpu));

    /// <summary>The hub: CPU, simulated NPU and DSP, placed by cost under the profile of that name.</summary>
    public static DeviceSet Simulated { get; } = new("sim", "CPU, simulated NPU micro-256 and DSP hub-dsp", (devices, cpu) => devices
        .AddCpu(cpu)
        .AddNpu(new SimulatedNpu(NpuConfiguration.ByName("micro-256")))
        .AddDsp(new SimulatedDsp(DspConfiguration.HubDsp))
        .UseProfile("hub"));

    /// <summary>The same devices with costs that leave the CPU only what no accelerator takes: for conformance, not for speed.</summary>
    public static DeviceSet Accelerated { get; } = new("acc", "simulated NPU micro-256 and DSP hub-dsp wherever they can, else CPU", (devices, cpu) =>
    {
        Simulated.Add(devices, cpu);
        devices.UseProfile(BoardProfile.ByName("hub").AcceleratorsFirst());
    });

    /// <summary>The NPU alone beside a CPU that is the last resort: what it can take, it takes.</summary>
    public static DeviceSet Npu { get; } = new("npu", "simulated NPU micro-256 wherever it can, else CPU", (devices, cpu) => devices
        .AddCpu(cpu)
        .AddNpu(new SimulatedNpu(NpuConfiguration.ByName("micro-256")))
        .UseProfile(BoardProfile.ByName("hub").AcceleratorsFirst()));

    /// <summary>Those that every model is run on.</summary>
    public static IReadOnlyList<DeviceSet> All { get; } = [Cpu, Simulated, Accelerated];

    /// <summary>A runtime with these devices.</summary>
    public EdgeRuntime Create(CpuOptions? cpu = null) => EdgeRuntime.Create(devices => Add(devices, cpu ?? new CpuOptions()));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
