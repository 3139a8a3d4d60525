namespace EdgeAI.Hal.Npu;

/// <summary>Register numbers; every register has 64 bits. Values are described in docs/npu.md.</summary>
public enum NpuRegister
{
    /// <summary>Read: 0x4E50_5545_4149_0000 plus the instruction set's version.</summary>
    Id = 0,
    /// <summary>Read: rows in bits 0…15, columns 16…31, vector lanes 32…47.</summary>
    Capabilities = 1,
    /// <summary>Read: bytes of SRAM.</summary>
    SramBytes = 2,
    /// <summary>Device address of the command stream.</summary>
    CommandBase = 3,
    /// <summary>Bytes of the command stream.</summary>
    CommandBytes = 4,
    /// <summary>Bytes of SRAM that the stream may use.</summary>
    SramLimit = 5,
    /// <summary>Bound inputs in bits 0…31, outputs in 32…63.</summary>
    Bindings = 6,
    /// <summary>Write 1: start.</summary>
    Doorbell = 7,
    /// <summary>Read: a member of <see cref="NpuStatus"/>.</summary>
    Status = 8,
    /// <summary>Read: 1 when the interrupt line is up. Write 1: take it down.</summary>
    Interrupt = 9,
    /// <summary>Read: a member of <see cref="NpuError"/>.</summary>
    Error = 10,
    /// <summary>Read: place in the stream of the command that the error belongs to.</summary>
    ErrorCommand = 11,
    /// <summary>Write 1: stop, clear SRAM and registers.</summary>
    Reset = 12,
    /// <summary>Read: commands that have taken effect in this run; stands still when the device hangs.</summary>
    Progress = 13,
    /// <summary>Read: cycles of the last run.</summary>
    Cycles = 14,
    /// <summary>Read: energy of the last run in femtojoules; 0 where there is no meter.</summary>
    Energy = 15,
    /// <summary>Read: cycles that each engine was busy; four registers by <see cref="NpuEngine"/>.</summary>
    BusyCycles = 16,
    /// <summary>Read: bytes that went to and from DRAM.</summary>
    DramBytes = 20,
    /// <summary>Read: multiply-accumulates done.</summary>
    Macs = 21,
    /// <summary>Device address of region 0, then of the others in every second register; SRAM's is ignored.</summary>
    RegionBase = 64,
    /// <summary>Bytes of region 0, then of the others in every second register.</summary>
    RegionBytes = 65,
}

/// <summary>Values of <see cref="NpuRegister.Status"/>.</summary>
public enum NpuStatus
{
    /// <summary>Ready for a doorbell.</summary>
    Idle = 0,
    /// <summary>A stream runs.</summary>
    Running = 1,
    /// <summary>The stream has reached its end.</summary>
    Done = 2,
    /// <summary>Stopped; <see cref="NpuRegister.Error"/> says why. Only a reset helps.</summary>
    Faulted = 3,
}

/// <summary>Values of <see cref="NpuRegister.Error"/>.</summary>
public enum NpuError
{
    /// <summary>No error.</summary>
    None = 0,
    /// <summary>The command stream is malformed.</summary>
    CommandParse = 1,
    /// <summary>An access outside mapped memory.</summary>
    Bus = 2,
    /// <summary>A copy engine failed.</summary>
    Dma = 3,
    /// <summary>Memory gave data with an error that could not be corrected.</summary>
    Ecc = 4,
    /// <summary>The device lost power or was reset during the run.</summary>
    PowerLoss = 5,
}
