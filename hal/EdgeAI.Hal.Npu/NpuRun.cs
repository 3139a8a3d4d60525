namespace EdgeAI.Hal.Npu;

/// <summary>
/// One prepared run. Submit starts the hardware when it is free; otherwise the run starts when it is waited for, after whatever
/// occupies the hardware has been brought to its end.
/// </summary>
internal sealed class NpuRun : DeviceRun
{
    /// <summary>A run may take so many times its predicted cycles before the watchdog looks whether it still makes progress.</summary>
    private const int WatchdogFactor = 4;

    /// <summary>Cycles that any run may take before the watchdog looks.</summary>
    private const long WatchdogFloor = 100_000;

    /// <summary>Interrupts without a cause that a run bears.</summary>
    private const int SpuriousLimit = 16;

    private readonly NpuDevice _device;
    private readonly NpuExecutable _executable;
    private readonly BufferView[] _inputs;
    private readonly BufferView[] _outputs;
    private readonly IReadOnlyList<NpuBuffer> _owned;
    private RunState _state;
    private Exception? _failure;
    private RunStatistics _statistics;
    private bool _disposed;

    public NpuRun(NpuDevice device, NpuExecutable executable, BufferView[] inputs, BufferView[] outputs, IReadOnlyList<NpuBuffer> owned) =>
        (_device, _executable, _inputs, _outputs, _owned) = (device, executable, inputs, outputs, owned);

    public NpuExecutable Executable => _executable;

    private enum RunState
    {
        Idle,
        Queued,
        Running,
        Ended,
    }

    private NpuPort Port => _device.Port;

    public override void Submit()
    {
        lock (_device.Gate)
        {
            ThrowIfUnusable();
            if (_state != RunState.Idle)
            {
                throw new InvalidOperationException($"Device '{_device.Info.Id}': the last submission of this run has not been waited for.");
            }

            _state = RunState.Queued;
            if (_device.Active is null)
            {
                Start();
            }
        }
    }

    public override RunStatistics Wait(CancellationToken cancellationToken = default)
    {
        lock (_device.Gate)
        {
            ThrowIfUnusable();
            switch (_state)
            {
                case RunState.Idle:
                    throw new InvalidOperationException($"Device '{_device.Info.Id}': nothing has been submitted.");
                case RunState.Queued:
                    _device.Active?.Finish(CancellationToken.None);
                    Start();
                    Finish(cancellationToken);
                    break;
                case RunState.Running:
                    Finish(cancellationToken);
                    break;
            }

            _state = RunState.Idle;
            return _failure is null ? _statistics : throw _failure;
        }
    }

    /// <summary>Stops the hardware if it executes this run, because what it works on goes away. The caller holds the gate.</summary>
    public void Abort()
    {
        if (ReferenceEquals(_device.Active, this))
        {
            _device.Active = null;
            _state = RunState.Ended;
            _failure = new ObjectDisposedException(nameof(LoadedExecutable), $"Device '{_device.Info.Id}': what this run works on was disposed while it ran.");
            Port.Write(NpuRegister.Reset, 1);
        }
    }

    public override TensorSpec OutputSpec(int index) => _executable.Signature.Outputs[index];

    public override BufferView Output(int index) => _outputs[index];

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        lock (_device.Gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            Abort();
        }

        foreach (var buffer in _owned)
        {
            buffer.Dispose();
        }

        _device.Forget(this);
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ObjectDisposedException.ThrowIf(_executable.IsDisposed, _executable);
        _device.ThrowIfUnusable();
    }

    private void Start()
    {
        (_failure, _statistics, _state) = (null, default, RunState.Running);
        try
        {
            Program();
            _device.Active = this;
        }
        catch (ObjectDisposedException error)
        {
            // A bound buffer was disposed after Prepare.
            (_failure, _state) = (error, RunState.Ended);
        }
    }

    private void Program()
    {
        var image = _executable.Image;
        Port.Write(NpuRegister.CommandBase, _executable.Commands.DeviceAddress);
        Port.Write(NpuRegister.CommandBytes, (ulong)_executable.Commands.ByteCount);
        Port.Write(NpuRegister.SramLimit, (ulong)image.SramBytes);
        Port.Write(NpuRegister.Bindings, (uint)_inputs.Length | ((ulong)(uint)_outputs.Length << 32));
        Region(Isa.Region.Constants, _executable.Constants.DeviceAddress, image.Constants.Length);
        Region(Isa.Region.Scratch, _executable.Scratch.DeviceAddress, image.ScratchBytes);
        for (var i = 0; i < _inputs.Length; i++)
        {
            Region(Isa.Region.FirstBinding + i, _inputs[i]);
        }

        for (var i = 0; i < _outputs.Length; i++)
        {
            Region(Isa.Region.FirstBinding + _inputs.Length + i, _outputs[i]);
        }

        Port.Write(NpuRegister.Doorbell, 1);
    }

    private void Region(int region, BufferView view) =>
        Region(region, ((NpuBuffer)view.Buffer!).DeviceAddress + (ulong)view.Offset, view.ByteCount);

    private void Region(int region, ulong address, long bytes)
    {
        Port.Write(NpuRegister.RegionBase + (2 * region), address);
        Port.Write(NpuRegister.RegionBytes + (2 * region), (ulong)bytes);
    }

    /// <summary>Waits for the hardware and keeps what came of it: statistics or failure. The caller holds the gate.</summary>
    private void Finish(CancellationToken cancellationToken)
    {
        if (_state == RunState.Ended)
        {
            return;
        }

        try
        {
            Watch(cancellationToken);
            _statistics = Collect();
        }
        catch (Exception error) when (error is EdgeException or OperationCanceledException)
        {
            _failure = error;
        }
        finally
        {
            _state = RunState.Ended;
            _device.Active = null;
        }
    }

    /// <summary>Returns when the stream has reached its end. As long as the progress counter moves, a late device gets more time.</summary>
    private void Watch(CancellationToken cancellationToken)
    {
        var budget = Math.Max(WatchdogFloor, checked(_executable.Schedule.TotalCycles * WatchdogFactor));
        var (progress, spurious) = (0UL, 0);
        while (true)
        {
            var isUp = WaitForInterrupt(budget, cancellationToken);
            var status = Port.Read(NpuRegister.Status);
            switch (status)
            {
                case (ulong)NpuStatus.Done:
                    // Also when the interrupt was lost: the status tells.
                    Port.Write(NpuRegister.Interrupt, 1);
                    return;
                case (ulong)NpuStatus.Faulted:
                    throw Fault();
                case ulong.MaxValue:
                    throw Gone();
                case (ulong)NpuStatus.Idle:
                    Reset();
                    throw new DeviceFaultException($"Device '{_device.Info.Id}': idle in the middle of a run (it was reset), the run is lost.");
            }

            if (isUp)
            {
                // Spurious: nothing has ended. A few are borne; a storm of them must not keep the watchdog from biting.
                Port.Write(NpuRegister.Interrupt, 1);
                if (++spurious < SpuriousLimit)
                {
                    continue;
                }
            }

            var now = Port.Read(NpuRegister.Progress);
            if (now == progress)
            {
                throw Hang(budget, now);
            }

            progress = now;
        }
    }

    private bool WaitForInterrupt(long budget, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Port.WaitForInterrupt(budget, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Reset();
            throw;
        }
    }

    private RunStatistics Collect()
    {
        var cycles = (long)Port.Read(NpuRegister.Cycles);
        if (cycles < 0)
        {
            throw Gone();
        }

        var energy = Port.Read(NpuRegister.Energy);
        return new(
            cycles,
            Port.IsSimulated ? (double)cycles / _device.Configuration.ClockHertz : double.NaN,
            energy == 0 ? double.NaN : energy * 1e-15);
    }

    private DeviceFaultException Fault()
    {
        var error = (NpuError)Port.Read(NpuRegister.Error);
        var command = Port.Read(NpuRegister.ErrorCommand);
        Reset();
        return new($"Device '{_device.Info.Id}': {error} error at command {command}{_executable.Describe(command)}; it was reset.");
    }

    private DeviceFaultException Hang(long budget, ulong progress)
    {
        Reset();
        return new($"Device '{_device.Info.Id}': hangs after {progress} of {_executable.Schedule.Commands.Length} commands{_executable.DescribeNext(progress)}: no progress in {budget} cycles, {_executable.Schedule.TotalCycles} were predicted; it was reset.");
    }

    /// <exception cref="DeviceLostException">The device does not become idle.</exception>
    private void Reset()
    {
        Port.Write(NpuRegister.Reset, 1);
        if (Port.Read(NpuRegister.Status) != (ulong)NpuStatus.Idle)
        {
            throw Lose("it did not come back from a reset");
        }
    }

    private DeviceLostException Gone() => Lose("all registers read as ones (removed or without power)");

    private DeviceLostException Lose(string why)
    {
        _device.IsLost = true;
        return _device.Lost(why);
    }
}
