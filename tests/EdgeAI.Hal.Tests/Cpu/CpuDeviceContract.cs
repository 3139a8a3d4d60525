using System.Runtime.InteropServices;
using EdgeAI.Hal.Cpu;
using EdgeAI.Testing;

namespace EdgeAI.Hal.Tests.Cpu;

/// <summary>The CPU is a device like any other.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class CpuDeviceContract(bool background) : DeviceContract
{
    protected override Device CreateDevice() => new CpuDevice(new CpuOptions { Threads = 1, Background = background });

    protected override ContractProgram CreateProgram()
    {
        var four = new Shape(4);
        var model = new TinyOnnx().Input("a", DataType.Float32, 4).Input("b", DataType.Float32, 4).Output("y", DataType.Float32, 4)
            .Node("Sub", "a b", "d").Node("Relu", "d", "y").Build();
        var signature = new ExecutableSignature(
            [new TensorSpec("a", DataType.Float32, four), new TensorSpec("b", DataType.Float32, four)], [new TensorSpec("y", DataType.Float32, four)]);
        return new ContractProgram(
            new Executable(CpuDevice.Format, signature, model, [], []), [Bytes(5f, 1f, 0f, 7f), Bytes(1f, 2f, 0f, -1f)], [Bytes(4f, 0f, 0f, 8f)]);
    }

    private static byte[] Bytes(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
