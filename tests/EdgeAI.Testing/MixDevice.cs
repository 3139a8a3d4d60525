using EdgeAI.Hal;

namespace EdgeAI.Testing;

/// <summary>
/// Loads format "mix": every output byte is a hash of all input bytes and of the program, so that one wrong byte anywhere shows at
/// the end. For tests of plans over several devices; what happens inside a run can be hooked.
/// </summary>
public sealed class MixDevice(string id, bool isSimulated = false) : Device
{
    public const string Format = "mix";

    public override DeviceInfo Info { get; } = new(id, DeviceKind.Other, "hashes", isSimulated, [Format]);

    /// <summary>Called inside each run, before its inputs are read, with the program's number.</summary>
    public Action<byte, CancellationToken>? OnRun { get; set; }

    /// <summary>Seconds that a run of a program takes on the simulated clock.</summary>
    public Func<byte, double> SimulatedSeconds { get; init; } = _ => double.NaN;

    /// <summary>The outputs for these inputs.</summary>
    public static void Mix(byte program, ReadOnlySpan<byte[]> inputs, ReadOnlySpan<byte[]> outputs)
    {
        var hash = 14695981039346656037UL ^ program;
        foreach (var input in inputs)
        {
            foreach (var value in input)
            {
                hash = unchecked((hash ^ value) * 1099511628211);
            }
        }

        foreach (var output in outputs)
        {
            for (var i = 0; i < output.Length; i++)
            {
                hash = unchecked((hash ^ 0x9E) * 1099511628211);
                output[i] = (byte)(hash >> 32);
            }
        }
    }

    public override DeviceBuffer Allocate(long byteCount) => new HostBuffer(this, byteCount);

    public override LoadedExecutable Load(Executable executable) => new Loaded(this, executable.Signature, executable.Code.Span[0]);

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Loaded(MixDevice device, ExecutableSignature signature, byte program) : LoadedExecutable
    {
        public override Device Device => device;

        public override ExecutableSignature Signature => signature;

        public override DeviceRun Prepare(ReadOnlySpan<BufferView> inputs, ReadOnlySpan<BufferView> outputs) =>
            new Run(device, signature, program, inputs.ToArray(), outputs.ToArray());

        protected override void Dispose(bool disposing)
        {
        }
    }

    private sealed class Run : DeviceRun
    {
        private readonly MixDevice _device;
        private readonly ExecutableSignature _signature;
        private readonly byte _program;
        private readonly BufferView[] _inputs;
        private readonly BufferView[] _outputs;
        private readonly byte[][] _read;
        private readonly byte[][] _written;
        private readonly RunStatistics _statistics;

        public Run(MixDevice device, ExecutableSignature signature, byte program, BufferView[] inputs, BufferView[] outputs)
        {
            (_device, _signature, _program, _inputs, _outputs) = (device, signature, program, inputs, outputs);
            _read = [.. inputs.Select(view => new byte[view.ByteCount])];
            _written = [.. outputs.Select(view => new byte[view.ByteCount])];
            _statistics = new RunStatistics(0, device.SimulatedSeconds(program), double.NaN);
        }

        public override void Submit()
        {
        }

        public override RunStatistics Wait(CancellationToken cancellationToken = default)
        {
            _device.OnRun?.Invoke(_program, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < _inputs.Length; i++)
            {
                _inputs[i].Buffer!.Read(_inputs[i].Offset, _read[i]);
            }

            Mix(_program, _read, _written);
            for (var i = 0; i < _outputs.Length; i++)
            {
                _outputs[i].Buffer!.Write(_outputs[i].Offset, _written[i]);
            }

            return _statistics;
        }

        public override TensorSpec OutputSpec(int index) => _signature.Outputs[index];

        public override BufferView Output(int index) => _outputs[index];

        protected override void Dispose(bool disposing)
        {
        }
    }
}
