using EdgeAI.Hal.Dsp.Loading;

namespace EdgeAI.Hal.Dsp;

/// <summary>
/// The vector processor behind a port: owns the port, verifies every program before it may run, and turns the unit's
/// status into typed errors. Runs are executed one after the other.
/// </summary>
public sealed class DspDevice : Device
{
    private readonly Lock _gate = new();
    private readonly DspPort _port;
    private bool _isLost;

    /// <summary>A device over a port, which it disposes of in the end.</summary>
    public DspDevice(DspPort port, string id = "dsp")
    {
        ArgumentNullException.ThrowIfNull(port);
        ArgumentException.ThrowIfNullOrEmpty(id);
        _port = port;
        Info = new DeviceInfo(id, DeviceKind.Dsp, $"{port.Description}, {port.Configuration}", port.IsSimulated, [DspImage.Format]);
    }

    /// <inheritdoc/>
    public override DeviceInfo Info { get; }

    /// <summary>Parameters of the unit.</summary>
    public DspConfiguration Configuration => _port.Configuration;

    /// <inheritdoc/>
    public override string Compatibility => $"format {DspImage.Format}, {Configuration.ToParameterText()}";

    internal bool IsDisposed { get; private set; }

    /// <inheritdoc/>
    public override DeviceBuffer Allocate(long byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        return new DspBuffer(this, byteCount);
    }

    /// <inheritdoc/>
    /// <exception cref="ExecutableFormatException">The format is another, the image does not fit the signature, or its program breaks a rule.</exception>
    public override LoadedExecutable Load(Executable executable)
    {
        ArgumentNullException.ThrowIfNull(executable);
        ThrowIfDisposed();
        var image = ImageLoader.Load(executable, Configuration, Info.Id);
        return new DspLoadedExecutable(this, executable, image);
    }

    internal nint Map(long byteCount)
    {
        ThrowIfDisposed();
        return _port.Map(byteCount);
    }

    /// <summary>Waits for the run in progress, which may use the memory.</summary>
    internal void Unmap(nint address)
    {
        lock (_gate)
        {
            if (!IsDisposed)
            {
                _port.Unmap(address);
            }
        }
    }

    internal int Install(ReadOnlyMemory<byte> image)
    {
        ThrowIfDisposed();
        return _port.Install(image);
    }

    internal void Remove(int program)
    {
        lock (_gate)
        {
            if (!IsDisposed)
            {
                _port.Remove(program);
            }
        }
    }

    internal DspCompletion Execute(DspRun run, int program, long cycleLimit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            if (_isLost)
            {
                throw new DeviceLostException($"Device '{Info.Id}' was lost before and has not come back.");
            }

            _port.Start(program, run.Address());
            var completion = _port.Wait(cycleLimit, cancellationToken);
            return completion.Status == DspStatus.Done ? completion : throw Error(completion, cycleLimit, cancellationToken);
        }
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            if (!IsDisposed && disposing)
            {
                IsDisposed = true;
                _port.Dispose();
            }
        }
    }

    private Exception Error(DspCompletion completion, long cycleLimit, CancellationToken cancellationToken)
    {
        if (completion.Status == DspStatus.Lost || !_port.Reset())
        {
            _isLost = true;
            return new DeviceLostException($"Device '{Info.Id}' does not answer at instruction {completion.Instruction} ({completion.Status}), not even after a reset.");
        }

        return completion.Status switch
        {
            DspStatus.Cancelled => new OperationCanceledException($"The run on '{Info.Id}' was cancelled at instruction {completion.Instruction}.", cancellationToken),
            DspStatus.TimedOut => new DeviceFaultException(
                $"Device '{Info.Id}' hangs at instruction {completion.Instruction}: {completion.Cycles} cycles, expected at most {cycleLimit}. It has been reset."),
            _ => new DeviceFaultException($"Device '{Info.Id}' reports {completion.Status} at instruction {completion.Instruction}. It has been reset."),
        };
    }
}
