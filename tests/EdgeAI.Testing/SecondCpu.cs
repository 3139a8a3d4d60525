using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;

namespace EdgeAI.Testing;

/// <summary>The CPU under another name and with buffers of its own: an accelerator that gives real results, for tests of plans over several devices.</summary>
public sealed class SecondCpu(string id) : Device
{
    private readonly CpuDevice _inner = new(new CpuOptions { Threads = 1 });

    /// <inheritdoc/>
    public override DeviceInfo Info { get; } = new(id, DeviceKind.Other, "the CPU again", true, [CpuDevice.Format]);

    /// <inheritdoc/>
    public override DeviceBuffer Allocate(long byteCount) => new HostBuffer(this, byteCount);

    /// <inheritdoc/>
    public override LoadedExecutable Load(Executable executable) => new Loaded(this, _inner.Load(executable));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _inner.Dispose();

    private sealed class Loaded(SecondCpu device, LoadedExecutable inner) : LoadedExecutable
    {
        public override Device Device => device;

        public override ExecutableSignature Signature => inner.Signature;

        public override DeviceRun Prepare(ReadOnlySpan<BufferView> inputs, ReadOnlySpan<BufferView> outputs)
        {
            foreach (var view in inputs)
            {
                Assert.That(view.Buffer!.Device, Is.SameAs(device), "an input lies on the device that reads it");
            }

            return inner.Prepare(inputs, outputs);
        }

        protected override void Dispose(bool disposing) => inner.Dispose();
    }
}
