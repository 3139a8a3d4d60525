using EdgeAI.Hal;

namespace EdgeAI.Runtime;

/// <summary>The memory that one run's tensors take on one device.</summary>
internal sealed class Arena(Device device, long byteCount) : IDisposable
{
    private readonly DeviceBuffer _buffer = device.Allocate(byteCount);

    public BufferView View(PlanTensor tensor) => new(_buffer, tensor.Offset, tensor.Spec.ByteCount);

    public void Dispose() => _buffer.Dispose();
}
