namespace EdgeAI.Hal.Dsp.Loading;

/// <summary>A program with all its regions bound. The unit works while the run is waited for.</summary>
internal sealed class DspRun : DeviceRun
{
    private const long WatchdogCycles = 1_000_000;

    private readonly DspDevice _device;
    private readonly DspLoadedExecutable _executable;
    private readonly DspBuffer _scratch;
    private readonly BufferView[] _bound;
    private readonly nint[] _addresses;
    private readonly List<DspBuffer> _owned = [];
    private readonly int _firstOutput;
    private bool _isSubmitted;
    private bool _isDisposed;

    public DspRun(DspDevice device, DspLoadedExecutable executable, ReadOnlySpan<BufferView> inputs, ReadOnlySpan<BufferView> outputs)
    {
        (_device, _executable, _firstOutput) = (device, executable, inputs.Length);
        var regions = executable.Image.Regions;
        _scratch = new DspBuffer(device, regions.ScratchBytes);
        _bound = [.. inputs, .. outputs];
        _addresses = new nint[regions.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            _bound[_firstOutput + i] = outputs[i].Buffer is null ? Own(executable.Signature.Outputs[i].ByteCount) : outputs[i];
        }
    }

    public override void Submit()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _executable.ThrowIfDisposed();
        _isSubmitted = !_isSubmitted ? true : throw new InvalidOperationException("The last submission has not been waited for.");
    }

    public override RunStatistics Wait(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _isSubmitted = _isSubmitted ? false : throw new InvalidOperationException("Nothing has been submitted.");
        _executable.ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        var limit = (_executable.Cost.Cycles * 4) + WatchdogCycles;
        var completion = _device.Execute(this, _executable.Program, limit, cancellationToken);
        return new RunStatistics(completion.Cycles, _device.Configuration.Seconds(completion.Cycles), _executable.Cost.EnergyJoules);
    }

    public override TensorSpec OutputSpec(int index) => _executable.Signature.Outputs[index];

    public override BufferView Output(int index) => _bound[_firstOutput + index];

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _scratch.Dispose();
            _owned.ForEach(buffer => buffer.Dispose());
        }
    }

    /// <summary>The regions' addresses, taken anew for each run: a buffer that has been disposed since throws here and is never touched.</summary>
    internal ReadOnlySpan<nint> Address()
    {
        var regions = _executable.Image.Regions;
        _addresses[Isa.RegionTable.Scratch] = _scratch.HostAddress;
        for (var i = 0; i < regions.Constants.Length; i++)
        {
            _addresses[Isa.RegionTable.FirstConstant + i] = _executable.ConstantAddress(i);
        }

        for (var i = 0; i < _bound.Length; i++)
        {
            _addresses[regions.FirstInput + i] = _bound[i].HostAddress;
        }

        return _addresses;
    }

    private BufferView Own(long byteCount)
    {
        var buffer = new DspBuffer(_device, byteCount);
        _owned.Add(buffer);
        return new BufferView(buffer);
    }
}
