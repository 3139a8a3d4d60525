using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Hal.Npu;

/// <summary>The NPU's driver: verifies images, maps memory, rings the doorbell, watches the run, resets what went wrong. Owns its port.</summary>
public sealed class NpuDevice : Device
{
    private const ulong IdBase = 0x4E50_5545_4149_0000;

    private readonly HashSet<IDisposable> _children = [];
    private readonly Lock _childrenLock = new();
    private bool _disposed;

    /// <summary>Takes the device behind a port into use.</summary>
    /// <exception cref="DeviceUnavailableException">The hardware is of another kind, version or size than the port says.</exception>
    public NpuDevice(NpuPort port, string id = "npu")
    {
        ArgumentNullException.ThrowIfNull(port);
        Port = port;
        Configuration = port.Configuration.Validate();
        Info = new(id, DeviceKind.Npu, $"{(port.IsSimulated ? "simulated " : "")}NPU {Configuration}", port.IsSimulated, [NpuImage.Format]);
        Expect(NpuRegister.Id, IdBase + CommandTable.IsaVersion, $"instruction set {CommandTable.IsaVersion}");
        Expect(NpuRegister.Capabilities, Configuration.Capabilities, $"{Configuration.Rows} rows, {Configuration.Columns} columns, {Configuration.VectorLanes} lanes");
        Expect(NpuRegister.SramBytes, (ulong)Configuration.SramBytes, $"{Configuration.SramBytes} bytes of SRAM");
    }

    /// <inheritdoc/>
    public override DeviceInfo Info { get; }

    /// <summary>The machine behind the port.</summary>
    public NpuConfiguration Configuration { get; }

    /// <inheritdoc/>
    public override string Compatibility => $"instruction set {CommandTable.IsaVersion}, {Configuration.ToParameterText()}";

    internal NpuPort Port { get; }

    /// <summary>Held while the registers are in use: one run at a time.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>The run that the hardware executes now; guarded by <see cref="Gate"/>.</summary>
    internal NpuRun? Active { get; set; }

    /// <summary>True when the device did not come back from a reset.</summary>
    internal bool IsLost { get; set; }

    /// <inheritdoc/>
    public override DeviceBuffer Allocate(long byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        return Map(byteCount);
    }

    /// <inheritdoc/>
    public override LoadedExecutable Load(Executable executable)
    {
        ThrowIfUnusable();
        var image = NpuImage.FromExecutable(executable);
        if (image.SramBytes > Configuration.SramBytes)
        {
            throw new ExecutableFormatException($"NPU image for {image.ConfigurationName} needs {image.SramBytes} bytes of SRAM, {Configuration.Name} has {Configuration.SramBytes}.");
        }

        var (_, schedule) = StreamVerifier.Verify(image.Commands, RegionTable.Of(image), Configuration);
        var loaded = new NpuExecutable(this, executable, image, schedule);
        Remember(loaded);
        return loaded;
    }

    /// <inheritdoc/>
    public override string Describe() =>
        $"{base.Describe()}\n  {Configuration.MacsPerCycle * 2e-9 * Configuration.ClockHertz / 1000:f2} TOPS, DRAM {Configuration.DramBytesPerCycle * (Configuration.ClockHertz / 1e9):f1} GB/s, instruction set {CommandTable.IsaVersion}, format {NpuImage.Format}";

    internal NpuBuffer Map(long byteCount)
    {
        ThrowIfUnusable();
        var buffer = new NpuBuffer(this, Port.Map(byteCount));
        Remember(buffer);
        return buffer;
    }

    internal void Forget(IDisposable child)
    {
        lock (_childrenLock)
        {
            _children.Remove(child);
        }
    }

    internal void Remember(IDisposable child)
    {
        lock (_childrenLock)
        {
            if (!_disposed)
            {
                _children.Add(child);
                return;
            }
        }

        child.Dispose();
        ObjectDisposedException.ThrowIf(true, this);
    }

    internal void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (IsLost)
        {
            throw Lost("it did not come back from a reset");
        }
    }

    internal DeviceLostException Lost(string why) => new($"Device '{Info.Id}': {why}; the device is lost.");

    private void Expect(NpuRegister register, ulong expected, string meaning)
    {
        var found = Port.Read(register);
        if (found != expected)
        {
            throw new DeviceUnavailableException($"Device '{Info.Id}': register {register} reads 0x{found:x16}, expected 0x{expected:x16} ({meaning}).");
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        IDisposable[] children;
        lock (_childrenLock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            children = [.. _children];
        }

        lock (Gate)
        {
            Active?.Abort();
            foreach (var child in children)
            {
                child.Dispose();
            }

            Port.Dispose();
        }
    }
}
