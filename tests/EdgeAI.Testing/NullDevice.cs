using EdgeAI.Hal;

namespace EdgeAI.Testing;

/// <summary>Loads format "null" and does nothing in no time: outputs keep what they hold. For tests of what stands above devices.</summary>
public sealed class NullDevice(string id = "null") : Device
{
    public const string Format = "null";

    private volatile bool _disposed;

    public override DeviceInfo Info { get; } = new(id, DeviceKind.Other, "does nothing", true, [Format]);

    public override DeviceBuffer Allocate(long byteCount)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new HostBuffer(this, byteCount);
    }

    public override LoadedExecutable Load(Executable executable)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return executable.Format != Format ? throw new ExecutableFormatException($"Device '{Info.Id}' loads '{Format}'; found '{executable.Format}'.")
            : executable.Code.IsEmpty ? throw new ExecutableFormatException("An executable of format 'null' has one byte of code; found none.")
            : new Loaded(this, executable.Signature);
    }

    protected override void Dispose(bool disposing) => _disposed = true;

    private sealed class Loaded(NullDevice device, ExecutableSignature signature) : LoadedExecutable
    {
        public override Device Device => device;

        public override ExecutableSignature Signature => signature;

        public override DeviceRun Prepare(ReadOnlySpan<BufferView> inputs, ReadOnlySpan<BufferView> outputs)
        {
            Check(signature.Inputs, inputs, "input");
            Check(signature.Outputs, outputs, "output");
            return new Run(device, signature, outputs.ToArray());
        }

        protected override void Dispose(bool disposing)
        {
        }

        private static void Check(IReadOnlyList<TensorSpec> specs, ReadOnlySpan<BufferView> views, string what)
        {
            if (views.Length != specs.Count)
            {
                throw new TensorMismatchException($"{views.Length} {what}s are bound; expected {specs.Count}.");
            }

            for (var i = 0; i < views.Length; i++)
            {
                if (views[i].ByteCount != specs[i].ByteCount)
                {
                    throw new TensorMismatchException($"{what} '{specs[i].Name}' is bound to {views[i].ByteCount} bytes; expected {specs[i].ByteCount}.");
                }
            }
        }
    }

    private sealed class Run(NullDevice device, ExecutableSignature signature, BufferView[] outputs) : DeviceRun
    {
        private bool _submitted;
        private bool _disposed;

        public override void Submit()
        {
            ObjectDisposedException.ThrowIf(_disposed || device._disposed, this);
            _submitted = !_submitted ? true : throw new InvalidOperationException("The last submission has not been waited for.");
        }

        public override RunStatistics Wait(CancellationToken cancellationToken = default)
        {
            _submitted = false;
            cancellationToken.ThrowIfCancellationRequested();
            return new RunStatistics(0, 0, 0);
        }

        public override TensorSpec OutputSpec(int index) => signature.Outputs[index];

        public override BufferView Output(int index) => outputs[index];

        protected override void Dispose(bool disposing) => _disposed = true;
    }
}
