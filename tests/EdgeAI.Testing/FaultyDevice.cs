using EdgeAI.Hal;

namespace EdgeAI.Testing;

/// <summary>What a <see cref="FaultyDevice"/> can be told to fail at.</summary>
public enum FaultPoint
{
    Allocate,
    Load,
    Submit,
    Wait,
}

/// <summary>
/// Another device that fails when told to: at the n-th call (from 1) of a point, with the given error, once or for ever; or at
/// random. It counts what was made from it and not disposed.
/// </summary>
public sealed class FaultyDevice(Device inner) : Device
{
    private readonly Dictionary<FaultPoint, (int At, bool Forever, Func<Exception> Error)> _faults = [];
    private readonly Dictionary<FaultPoint, int> _calls = [];
    private (Random Random, double Probability, Func<Exception> Error)? _chance;
    private int _live;

    public override DeviceInfo Info => inner.Info;

    /// <summary>Buffers, executables and prepared runs that live.</summary>
    public int LiveObjects => Volatile.Read(ref _live);

    /// <summary>Errors thrown so far.</summary>
    public int Faults { get; private set; }

    /// <summary>Calls of a point so far.</summary>
    public int Calls(FaultPoint point) => _calls.GetValueOrDefault(point);

    /// <summary>Lets the n-th call of a point fail, and all after it if <paramref name="forever"/>.</summary>
    public FaultyDevice FailAt(FaultPoint point, int call, Func<Exception> error, bool forever = false)
    {
        _faults[point] = (call, forever, error);
        return this;
    }

    /// <summary>Lets each submission and each wait fail with a probability; 0 ends that.</summary>
    public void FailAtRandom(Random random, double probability, Func<Exception> error)
    {
        lock (_calls)
        {
            _chance = (random, probability, error);
        }
    }

    public override DeviceBuffer Allocate(long byteCount)
    {
        Pass(FaultPoint.Allocate);
        return new Buffer(this, inner.Allocate(byteCount));
    }

    public override LoadedExecutable Load(Executable executable)
    {
        Pass(FaultPoint.Load);
        return new Loaded(this, inner.Load(executable));
    }

    public override bool CanBind(DeviceBuffer buffer) => inner.CanBind(buffer is Buffer own ? own.Inner : buffer);

    protected override void Dispose(bool disposing) => inner.Dispose();

    private void Pass(FaultPoint point)
    {
        lock (_calls)
        {
            var call = _calls[point] = _calls.GetValueOrDefault(point) + 1;
            if (_faults.TryGetValue(point, out var fault) && (call == fault.At || (fault.Forever && call > fault.At)))
            {
                Faults++;
                throw fault.Error();
            }

            if (point is FaultPoint.Submit or FaultPoint.Wait && _chance is { } chance && chance.Random.NextDouble() < chance.Probability)
            {
                Faults++;
                throw chance.Error();
            }
        }
    }

    /// <summary>Something that counts as living until it is disposed the first time.</summary>
    private sealed class Life
    {
        private readonly FaultyDevice _device;
        private int _isOver;

        public Life(FaultyDevice device)
        {
            _device = device;
            Interlocked.Increment(ref device._live);
        }

        public void End()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                Interlocked.Decrement(ref _device._live);
            }
        }
    }

    private sealed class Loaded(FaultyDevice device, LoadedExecutable inner) : LoadedExecutable
    {
        private readonly Life _life = new(device);

        public override Device Device => device;

        public override ExecutableSignature Signature => inner.Signature;

        public override DeviceRun Prepare(ReadOnlySpan<BufferView> inputs, ReadOnlySpan<BufferView> outputs) =>
            new Run(device, inner.Prepare(Inner(inputs), Inner(outputs)));

        protected override void Dispose(bool disposing)
        {
            _life.End();
            inner.Dispose();
        }

        private static BufferView[] Inner(ReadOnlySpan<BufferView> views) =>
            [.. views.ToArray().Select(view => view.Buffer is Buffer own ? new BufferView(own.Inner, view.Offset, view.ByteCount) : view)];
    }

    private sealed class Buffer(FaultyDevice device, DeviceBuffer inner) : DeviceBuffer
    {
        private readonly Life _life = new(device);

        public DeviceBuffer Inner => inner;

        public override Device Device => device;

        public override long ByteCount => inner.ByteCount;

        public override nint HostAddress => inner.HostAddress;

        public override void Write(long offset, ReadOnlySpan<byte> source) => inner.Write(offset, source);

        public override void Read(long offset, Span<byte> destination) => inner.Read(offset, destination);

        protected override void Dispose(bool disposing)
        {
            _life.End();
            inner.Dispose();
        }
    }

    private sealed class Run(FaultyDevice device, DeviceRun inner) : DeviceRun
    {
        private readonly Life _life = new(device);

        public override void Submit()
        {
            device.Pass(FaultPoint.Submit);
            inner.Submit();
        }

        public override RunStatistics Wait(CancellationToken cancellationToken = default)
        {
            var statistics = inner.Wait(cancellationToken);
            device.Pass(FaultPoint.Wait);
            return statistics;
        }

        public override TensorSpec OutputSpec(int index) => inner.OutputSpec(index);

        public override BufferView Output(int index) => inner.Output(index);

        protected override void Dispose(bool disposing)
        {
            _life.End();
            inner.Dispose();
        }
    }
}
