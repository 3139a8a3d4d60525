using System.Diagnostics;
using EdgeAI.Drivers.Simulation.Npu;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation;

/// <summary>
/// An NPU in software: its own memories, the binary command stream executed in the order that the timing function gives, registers and
/// counters as on silicon. It works while it is waited for, on the caller's thread and on those it was given; its clock is virtual.
/// </summary>
public sealed unsafe class SimulatedNpu : NpuPort
{
    private const ulong IdValue = 0x4E50_5545_4149_0000 + CommandTable.IsaVersion;
    private const int RegisterCount = (int)NpuRegister.RegionBase + (2 * Region.Limit);

    private readonly ulong[] _registers = new ulong[RegisterCount];
    private readonly NativeBlock _sram;
    private readonly NativeBlock _bases = new(Region.Limit * sizeof(byte*));
    private readonly DeviceMemory _memory;
    private readonly Dictionary<ulong, InstalledProgram> _programs = [];
    private readonly NpuMapping?[] _pins = new NpuMapping?[Region.Limit + 1];
    private readonly KernelLevel _level;
    private readonly WorkerPool _pool;
    private InstalledProgram? _running;
    private int _next;
    private long _clock;

    /// <summary>A device of that configuration.</summary>
    /// <param name="configuration">The machine.</param>
    /// <param name="scalar">Compute in plain loops instead of vector instructions: slow, the same bits.</param>
    /// <param name="threads">Threads that share the work of large commands, the caller's included: the same bits whatever their number.</param>
    public SimulatedNpu(NpuConfiguration configuration, bool scalar = false, int threads = 1)
        : this(configuration, scalar ? KernelLevel.Scalar : KernelLevel.MachineCode, threads)
    {
    }

    /// <summary>A device whose kernels are at most of that level.</summary>
    internal SimulatedNpu(NpuConfiguration configuration, KernelLevel level, int threads)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        Configuration = configuration.Validate();
        _level = level;
        _sram = new NativeBlock(configuration.SramBytes);
        _memory = new DeviceMemory(configuration.DramBytes);
        _pool = new(threads);
    }

    /// <inheritdoc/>
    public override NpuConfiguration Configuration { get; }

    /// <inheritdoc/>
    public override bool IsSimulated => true;

    /// <summary>Bytes of DRAM that are mapped now.</summary>
    public long MappedBytes => _memory.UsedBytes;

    /// <summary>Host memory that the installed programs need beside the device's own.</summary>
    internal long WorkspaceBytes => _programs.Values.Sum(program => program.WorkspaceBytes);

    /// <summary>Told of each command that took effect and of the host's time that it took.</summary>
    internal Action<ICommand, TimeSpan>? Watch { get; set; }

    /// <inheritdoc/>
    public override NpuMapping Map(long byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        return _memory.Map(byteCount);
    }

    /// <inheritdoc/>
    public override ulong Read(NpuRegister register) => register switch
    {
        NpuRegister.Id => IdValue,
        NpuRegister.Capabilities => Configuration.Capabilities,
        NpuRegister.SramBytes => (ulong)Configuration.SramBytes,
        < 0 or >= (NpuRegister)RegisterCount => 0,
        _ => _registers[(int)register],
    };

    /// <inheritdoc/>
    public override void Write(NpuRegister register, ulong value)
    {
        switch (register)
        {
            case NpuRegister.Reset when value == 1:
                Reset();
                break;
            case NpuRegister.Doorbell when value == 1 && Status == NpuStatus.Done:
            case NpuRegister.Doorbell when value == 1 && Status == NpuStatus.Idle:
                Start();
                break;
            case NpuRegister.Interrupt when value == 1:
                this[NpuRegister.Interrupt] = 0;
                break;
            case NpuRegister.CommandBase or NpuRegister.CommandBytes or NpuRegister.SramLimit or NpuRegister.Bindings:
            case >= NpuRegister.RegionBase and < (NpuRegister)RegisterCount:
                this[register] = value;
                break;
        }
    }

    /// <inheritdoc/>
    public override bool WaitForInterrupt(long cycles, CancellationToken cancellationToken)
    {
        if (Status == NpuStatus.Running && _running is not null)
        {
            Work(_clock > long.MaxValue - cycles ? long.MaxValue : _clock + cycles, cancellationToken);
        }

        return this[NpuRegister.Interrupt] != 0;
    }

    /// <summary>Fills all that no stream may read: SRAM from its limit on and what the host holds around SRAM and mappings.</summary>
    internal void FillAround(byte value)
    {
        _sram.FillAround(SramLimit, value);
        _memory.FillAround(value);
    }

    /// <summary>True while all that <see cref="FillAround"/> filled is as it was.</summary>
    internal bool IsAround(byte value) => _sram.IsAround(SramLimit, value) && _memory.IsAround(value);

    /// <summary>The command that would end next fails with that error; nothing where no stream runs.</summary>
    internal void Fail(NpuError error)
    {
        if (_running is { } program)
        {
            Fail(error, program.Order[_next]);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Unpin();
            _pool.Dispose();
            foreach (var program in _programs.Values)
            {
                program.Dispose();
            }

            _programs.Clear();
            _memory.Dispose();
            _sram.Dispose();
            _bases.Dispose();
        }
    }

    private NpuStatus Status
    {
        get => (NpuStatus)this[NpuRegister.Status];
        set => this[NpuRegister.Status] = (ulong)value;
    }

    private long SramLimit => (long)Math.Min(this[NpuRegister.SramLimit], (ulong)Configuration.SramBytes);

    private ulong this[NpuRegister register]
    {
        get => _registers[(int)register];
        set => _registers[(int)register] = value;
    }

    private void Reset()
    {
        Unpin();
        Array.Clear(_registers);
        _sram.Clear();
        (_running, _next, _clock) = (null, 0, 0);
    }

    /// <summary>Takes the stream and the regions as they are now.</summary>
    private void Start()
    {
        Unpin();
        (_running, _next, _clock) = (null, 0, 0);
        Array.Clear(_registers, (int)NpuRegister.Status, (int)NpuRegister.RegionBase - (int)NpuRegister.Status);
        Status = NpuStatus.Running;
        var bytes = this[NpuRegister.CommandBytes];
        var stream = bytes <= int.MaxValue ? _memory.Pin(this[NpuRegister.CommandBase], (long)bytes, out _pins[Region.Limit]) : null;
        Span<long> sizes = stackalloc long[Region.Limit];
        var bindings = this[NpuRegister.Bindings];
        var count = Region.FirstBinding + (long)(uint)bindings + (uint)(bindings >> 32);
        if (stream is null || count > Region.Limit || !PinRegions(sizes[..(int)count]))
        {
            Fail(NpuError.Bus, 0);
            return;
        }

        var program = Program(new ReadOnlySpan<byte>(stream, (int)bytes), sizes[..(int)count], (int)(uint)bindings);
        if (program.Error != NpuError.None)
        {
            Fail(program.Error, program.ErrorCommand);
            return;
        }

        _running = program;
    }

    private bool PinRegions(Span<long> sizes)
    {
        var bases = (byte**)_bases.Pointer;
        bases[Region.Sram] = _sram.Pointer;
        sizes[Region.Sram] = SramLimit;
        for (var region = 1; region < sizes.Length; region++)
        {
            var bytes = this[NpuRegister.RegionBytes + (2 * region)];
            if (bytes > long.MaxValue)
            {
                return false;
            }

            sizes[region] = (long)bytes;
            bases[region] = _memory.Pin(this[NpuRegister.RegionBase + (2 * region)], (long)bytes, out _pins[region]);
            if (bases[region] is null)
            {
                return false;
            }
        }

        return true;
    }

    private void Unpin()
    {
        for (var i = 0; i < _pins.Length; i++)
        {
            if (_pins[i] is { } pinned)
            {
                _memory.Unpin(pinned);
                _pins[i] = null;
            }
        }
    }

    private InstalledProgram Program(ReadOnlySpan<byte> stream, ReadOnlySpan<long> sizes, int inputCount)
    {
        var key = this[NpuRegister.CommandBase];
        if (_programs.TryGetValue(key, out var known))
        {
            if (known.Is(stream, sizes, inputCount))
            {
                return known;
            }

            known.Dispose();
            _programs.Remove(key);
        }

        ForgetUnmapped();
        return _programs[key] = InstalledProgram.Install(stream, sizes, inputCount, Configuration, _level, _pool);
    }

    /// <summary>Drops programs whose stream is gone.</summary>
    private void ForgetUnmapped()
    {
        foreach (var (address, program) in _programs)
        {
            if (!_memory.IsMapped(address))
            {
                program.Dispose();
                _programs.Remove(address);
            }
        }
    }

    private void Work(long until, CancellationToken cancellationToken)
    {
        var (program, regions) = (_running!, new RegionPointers((byte**)_bases.Pointer));
        var (order, commands) = (program.Order, program.Schedule!.Commands);
        for (; _next < order.Length && commands[order[_next]].End <= until; _next++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Execute(program, order[_next], regions);
            _clock = commands[order[_next]].End;
            this[NpuRegister.Progress] = (ulong)_next + 1;
        }

        if (_next == order.Length)
        {
            Complete(program.Schedule);
        }
        else
        {
            _clock = until;
        }
    }

    private void Execute(InstalledProgram program, int command, RegionPointers regions)
    {
        if (Watch is not { } watch)
        {
            program.Execute(command, regions);
            return;
        }

        var started = Stopwatch.GetTimestamp();
        program.Execute(command, regions);
        watch(program.Commands[command], Stopwatch.GetElapsedTime(started));
    }

    private void Complete(NpuSchedule schedule)
    {
        this[NpuRegister.Cycles] = (ulong)schedule.TotalCycles;
        this[NpuRegister.Energy] = (ulong)schedule.Femtojoules;
        this[NpuRegister.DramBytes] = (ulong)schedule.Cost.DramBytes;
        this[NpuRegister.Macs] = (ulong)schedule.Cost.Macs;
        for (var engine = 0; engine < NpuEngines.Count; engine++)
        {
            this[NpuRegister.BusyCycles + engine] = (ulong)schedule.BusyCycles[engine];
        }

        Finish(NpuStatus.Done);
    }

    private void Fail(NpuError error, int command)
    {
        this[NpuRegister.Error] = (ulong)error;
        this[NpuRegister.ErrorCommand] = (ulong)command;
        Finish(NpuStatus.Faulted);
    }

    private void Finish(NpuStatus status)
    {
        Unpin();
        _running = null;
        Status = status;
        this[NpuRegister.Interrupt] = 1;
    }
}
