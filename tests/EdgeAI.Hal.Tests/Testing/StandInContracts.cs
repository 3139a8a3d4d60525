using EdgeAI.Testing;

namespace EdgeAI.Hal.Tests.Testing;

/// <summary>The stand-ins that tests use keep the contract too, or tests above them would prove nothing.</summary>
public sealed class NullDeviceContract : DeviceContract
{
    internal static ContractProgram Program { get; } = new(
        new Executable(NullDevice.Format, new ExecutableSignature([new TensorSpec("x", DataType.Float32, new Shape(4))], [new TensorSpec("y", DataType.UInt8, new Shape(3))]), new byte[] { 1 }, [], []),
        [new byte[16]], [new byte[3]]);

    protected override Device CreateDevice() => new NullDevice();

    protected override ContractProgram CreateProgram() => Program;
}

/// <summary>A faulty device without a fault is the device inside it.</summary>
public sealed class FaultyDeviceContract : DeviceContract
{
    protected override Device CreateDevice() => new FaultyDevice(new NullDevice());

    protected override ContractProgram CreateProgram() => NullDeviceContract.Program;
}
