using EdgeAI.Hal.Npu;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>What goes wrong behind the port.</summary>
public enum PortFault
{
    None,
    Hang,
    Slow,
    LostInterrupt,
    SpuriousInterrupt,
    SpuriousInterruptAndHang,
    EccError,
    ResetInRun,
    Removed,
    RemovedAtTheEnd,
    HangAndDeadReset,
}

/// <summary>A port that misbehaves as told, in front of one that works.</summary>
internal sealed class FaultyPort(NpuPort inner) : NpuPort
{
    private int _waits;

    public PortFault Fault { get; set; }

    public int Resets { get; private set; }

    public override NpuConfiguration Configuration => inner.Configuration;

    public override bool IsSimulated => inner.IsSimulated;

    public override NpuMapping Map(long byteCount) => inner.Map(byteCount);

    public override ulong Read(NpuRegister register) => (Fault, register) switch
    {
        (PortFault.Removed, _) => ulong.MaxValue,
        (PortFault.RemovedAtTheEnd, not NpuRegister.Status) => ulong.MaxValue,
        (PortFault.EccError, NpuRegister.Status) when Resets == 0 => (ulong)NpuStatus.Faulted,
        (PortFault.EccError, NpuRegister.Error) => (ulong)NpuError.Ecc,
        (PortFault.EccError, NpuRegister.ErrorCommand) => 3,
        (PortFault.ResetInRun, NpuRegister.Status) => (ulong)NpuStatus.Idle,
        (PortFault.HangAndDeadReset, NpuRegister.Status) => (ulong)NpuStatus.Running,
        _ => inner.Read(register),
    };

    public override void Write(NpuRegister register, ulong value)
    {
        Resets += register == NpuRegister.Reset ? 1 : 0;
        _waits = register == NpuRegister.Doorbell ? 0 : _waits;
        inner.Write(register, value);
    }

    public override bool WaitForInterrupt(long cycles, CancellationToken cancellationToken)
    {
        _waits++;
        return Fault switch
        {
            PortFault.Hang or PortFault.HangAndDeadReset or PortFault.EccError or PortFault.Removed or PortFault.ResetInRun => false,
            PortFault.SpuriousInterruptAndHang => true,
            PortFault.Slow => inner.WaitForInterrupt(250, cancellationToken),
            PortFault.SpuriousInterrupt when _waits == 1 => inner.WaitForInterrupt(40, cancellationToken) | true,
            PortFault.LostInterrupt => inner.WaitForInterrupt(cycles, cancellationToken) & false,
            _ => inner.WaitForInterrupt(cycles, cancellationToken),
        };
    }

    protected override void Dispose(bool disposing) => inner.Dispose();
}
