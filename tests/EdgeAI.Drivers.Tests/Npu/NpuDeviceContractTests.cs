using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;
using EdgeAI.Testing;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>The simulated NPU is a device like any other.</summary>
public sealed class NpuDeviceContractTests : DeviceContract
{
    protected override Device CreateDevice() => new NpuDevice(new SimulatedNpu(NpuConfiguration.Edge1k));

    protected override ContractProgram CreateProgram()
    {
        var rig = new StreamRig();
        var input = FeatureMap.Dense(rig.Place([1, 2, 3, 4]), 1, 1, 4);
        var output = FeatureMap.Dense(rig.Reserve(4), 1, 1, 4);
        var table = rig.Place([.. Enumerable.Range(0, 256).Select(value => (byte)(255 - value))]);
        rig.Add(new TableLookup { Input = input, Output = output, Table = table });
        var executable = rig.Build();
        var picture = rig.Picture;
        var expected = picture.ToArray();
        new byte[] { 254, 253, 252, 251 }.CopyTo(expected, output.Address.Offset);
        return new(executable, [picture], [expected]);
    }
}
