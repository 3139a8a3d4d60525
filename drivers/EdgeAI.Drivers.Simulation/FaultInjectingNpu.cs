using System.Collections.Immutable;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Drivers.Simulation;

/// <summary>A simulated NPU in which faults strike by a script: to see what a driver, a runtime and an application make of them.</summary>
public sealed class FaultInjectingNpu : NpuPort
{
    private readonly SimulatedNpu _npu;
    private readonly Queue<NpuFault> _script;
    private readonly List<NpuFault> _struck = [];
    private NpuFaultKind? _condition;
    private long _run = -1;
    private long _elapsed;

    /// <summary>Puts faults into a device, and owns it.</summary>
    /// <param name="npu">The device.</param>
    /// <param name="script">The faults, in any order; see <see cref="NpuFault.Script"/>.</param>
    public FaultInjectingNpu(SimulatedNpu npu, IEnumerable<NpuFault> script)
    {
        ArgumentNullException.ThrowIfNull(npu);
        (_npu, _script) = (npu, new(script.OrderBy(fault => fault.Run).ThenBy(fault => fault.AtCycle)));
    }

    /// <summary>The faults that have struck so far.</summary>
    public ImmutableArray<NpuFault> Struck => [.. _struck];

    /// <inheritdoc/>
    public override NpuConfiguration Configuration => _npu.Configuration;

    /// <inheritdoc/>
    public override bool IsSimulated => true;

    /// <inheritdoc/>
    public override NpuMapping Map(long byteCount) => _npu.Map(byteCount);

    /// <inheritdoc/>
    public override ulong Read(NpuRegister register) => _condition == NpuFaultKind.Removal ? ulong.MaxValue : _npu.Read(register);

    /// <inheritdoc/>
    public override void Write(NpuRegister register, ulong value)
    {
        switch (register)
        {
            case var _ when _condition is NpuFaultKind.Removal or NpuFaultKind.DeadHang:
                return;
            case NpuRegister.Reset:
                _condition = null;
                break;
            case NpuRegister.Doorbell when _condition is null:
                (_run, _elapsed) = (_run + 1, 0);
                break;
        }

        _npu.Write(register, value);
    }

    /// <inheritdoc/>
    public override bool WaitForInterrupt(long cycles, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_condition is { } condition)
        {
            return condition == NpuFaultKind.InterruptStorm;
        }

        if (!IsDue(cycles, out var fault))
        {
            return Work(cycles, cancellationToken);
        }

        // One that was to strike while an interrupt was being lost strikes now.
        var before = Math.Max(0, fault.AtCycle - _elapsed);
        if (Work(before, cancellationToken))
        {
            return true;
        }

        _struck.Add(fault);
        return Strike(fault.Kind, cycles - before, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _npu.Dispose();
        }
    }

    /// <summary>Takes the next fault of this run off the script if it strikes within so many cycles.</summary>
    private bool IsDue(long cycles, out NpuFault fault)
    {
        while (_script.TryPeek(out fault) && fault.Run < _run)
        {
            _script.Dequeue();
        }

        return _script.TryPeek(out fault) && fault.Run == _run && fault.AtCycle - _elapsed < cycles && _script.TryDequeue(out fault);
    }

    private bool Work(long cycles, CancellationToken cancellationToken)
    {
        _elapsed = _elapsed > long.MaxValue - cycles ? long.MaxValue : _elapsed + cycles;
        return _npu.WaitForInterrupt(cycles, cancellationToken);
    }

    /// <summary>Lets it happen; says whether the interrupt line is up.</summary>
    private bool Strike(NpuFaultKind kind, long cycles, CancellationToken cancellationToken)
    {
        switch (kind)
        {
            case NpuFaultKind.LostInterrupt:
                Work(cycles, cancellationToken);
                return false;
            case NpuFaultKind.SpuriousInterrupt:
                return true;
            case NpuFaultKind.ResetInStream:
                _npu.Write(NpuRegister.Reset, 1);
                return false;
            case NpuFaultKind.Hang or NpuFaultKind.DeadHang or NpuFaultKind.InterruptStorm or NpuFaultKind.Removal:
                _condition = kind;
                return kind == NpuFaultKind.InterruptStorm;
            default:
                _npu.Fail(ErrorOf(kind));
                return true;
        }
    }

    private static NpuError ErrorOf(NpuFaultKind kind) => kind switch
    {
        NpuFaultKind.ParseError => NpuError.CommandParse,
        NpuFaultKind.BusError => NpuError.Bus,
        NpuFaultKind.DmaError => NpuError.Dma,
        NpuFaultKind.EccError => NpuError.Ecc,
        NpuFaultKind.PowerLoss => NpuError.PowerLoss,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no fault of that kind"),
    };
}
