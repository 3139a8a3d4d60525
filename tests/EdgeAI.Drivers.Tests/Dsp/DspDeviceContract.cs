using System.Runtime.InteropServices;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp;
using EdgeAI.Testing;

namespace EdgeAI.Drivers.Tests.Dsp;

/// <summary>The simulated vector processor keeps the contract of all devices.</summary>
[TestFixture]
public sealed class DspDeviceContract : DeviceContract
{
    protected override Device CreateDevice() => new DspDevice(new SimulatedDsp(DspConfiguration.HubDsp));

    protected override ContractProgram CreateProgram()
    {
        var executable = DspBench.Executable(
            """
            .image scratch=64 tcm=64 constants=[16] inputs=[16] outputs=[16]
            loop [4] reduce=0 horizontal tile=32
              stream input0+0:Float32[1]
              stream constant0+0:Float32[1]
              stream tcm+0:Float32[1]
              load r0 s0
              load r1 s1
              add r2 r0 r1
              store s2 r2
             next
            copy [4] tcm+0:Float32[1] scratch+0:Float32[1]
            copy [4] scratch+0:Float32[1] output0+12:Float32[-1]
            """, constants: Bytes(10, 20, 30, 40));
        return new ContractProgram(executable, [Bytes(1, 2, 3, 4)], [Bytes(44, 33, 22, 11)]);
    }

    private static byte[] Bytes(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
