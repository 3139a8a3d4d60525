using EdgeAI.Compiler;
using EdgeAI.Compiler.Targets.Npu;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Npu;

namespace EdgeAI;

/// <summary>Says which devices a runtime has. The CPU is always there: where it is not added, it is added with its defaults.</summary>
public sealed class DeviceSetup
{
    private readonly List<(DeviceFinding Finding, Func<BoardProfile, Target>? Target)> _devices = [];

    internal DeviceSetup()
    {
    }

    internal BoardProfile? ChosenProfile { get; private set; }

    internal IReadOnlyList<(DeviceFinding Finding, Func<BoardProfile, Target>? Target)> Devices => _devices;

    /// <summary>The host's processor through ONNX Runtime.</summary>
    /// <exception cref="DeviceUnavailableException">ONNX Runtime's native library is not there; the message lists where it was looked for.</exception>
    public DeviceSetup AddCpu(CpuOptions? options = null)
    {
        _devices.Insert(0, (DeviceFinding.Found(new CpuDevice(options ?? new CpuOptions())), null));
        return this;
    }

    /// <summary>An NPU behind a port: silicon or a simulator. The runtime owns the port.</summary>
    public DeviceSetup AddNpu(NpuPort port)
    {
        ArgumentNullException.ThrowIfNull(port);
        var configuration = port.Configuration;
        _devices.Add((DeviceFinding.Found(new NpuDevice(port)), _ => new NpuTarget(configuration)));
        return this;
    }

    /// <summary>A DSP behind a port. The runtime owns the port.</summary>
    public DeviceSetup AddDsp(DspPort port)
    {
        ArgumentNullException.ThrowIfNull(port);
        var configuration = port.Configuration;
        _devices.Add((DeviceFinding.Found(new DspDevice(port)), _ => new DspTarget(configuration)));
        return this;
    }

    /// <summary>Any other device with the target that compiles for it; their ids are equal.</summary>
    public DeviceSetup Add(Device device, Target target)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(target);
        _devices.Add((DeviceFinding.Found(device), _ => target));
        return this;
    }

    /// <summary>A device that was looked for and is not usable: it is listed with the reason.</summary>
    public DeviceSetup AddMissing(DeviceFinding finding)
    {
        _devices.Add((finding, null));
        return this;
    }

    /// <summary>The board that costs are predicted for.</summary>
    public DeviceSetup UseProfile(BoardProfile profile)
    {
        ChosenProfile = profile;
        return this;
    }

    /// <inheritdoc cref="UseProfile(BoardProfile)"/>
    public DeviceSetup UseProfile(string name) => UseProfile(BoardProfile.ByName(name));
}
