using System.Runtime.InteropServices;
using EdgeAI.Drivers.Simulation.Dsp;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp;

namespace EdgeAI.Drivers.Simulation;

/// <summary>
/// A vector processor in software: executes the images' instructions on its own native memory and counts cycles by
/// <see cref="DspTiming"/>. It computes in the thread that waits. Results are equal on every host.
/// </summary>
public sealed unsafe class SimulatedDsp : DspPort
{
    private readonly Lock _gate = new();
    private readonly HashSet<nint> _mapped = [];
    private readonly Dictionary<int, InstalledProgram> _programs = [];
    private readonly LoopEngine _engine = new();
    private nint _tcm;
    private nint[] _regions = new nint[16];
    private InstalledProgram? _started;
    private int _nextProgram;
    private bool _isDisposed;

    /// <summary>A unit of this configuration.</summary>
    public SimulatedDsp(DspConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Configuration = configuration;
        _tcm = (nint)NativeMemory.AlignedAlloc((nuint)configuration.TcmBytes, 64);
    }

    /// <summary>Releases the memory of a unit that was not disposed.</summary>
    ~SimulatedDsp() => Dispose(false);

    /// <inheritdoc/>
    public override DspConfiguration Configuration { get; }

    /// <inheritdoc/>
    public override string Description => "simulated vector processor";

    /// <inheritdoc/>
    public override bool IsSimulated => true;

    /// <inheritdoc/>
    public override nint Map(long byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            try
            {
                var memory = NativeMemory.AlignedAlloc(checked((nuint)Math.Max(byteCount, 1)), 64);
                NativeMemory.Clear(memory, (nuint)byteCount);
                _mapped.Add((nint)memory);
                return (nint)memory;
            }
            catch (OutOfMemoryException)
            {
                throw new DeviceMemoryException($"The simulated DSP's host has no room for {byteCount} bytes.");
            }
        }
    }

    /// <inheritdoc/>
    public override void Unmap(nint address)
    {
        lock (_gate)
        {
            if (_mapped.Remove(address))
            {
                NativeMemory.AlignedFree((void*)address);
            }
        }
    }

    /// <inheritdoc/>
    public override int Install(ReadOnlyMemory<byte> image)
    {
        var program = new InstalledProgram(DspImage.Parse(image.Span), Configuration, _engine);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _programs.Add(++_nextProgram, program);
            return _nextProgram;
        }
    }

    /// <inheritdoc/>
    public override void Remove(int program)
    {
        lock (_gate)
        {
            if (_programs.Remove(program, out var removed))
            {
                removed.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public override void Start(int program, ReadOnlySpan<nint> regions)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _started = _programs.TryGetValue(program, out var installed) ? installed
                : throw new ArgumentException($"No program {program} is installed.", nameof(program));
            if (regions.Length > _regions.Length)
            {
                _regions = new nint[regions.Length];
            }

            regions.CopyTo(_regions);
            _regions[Hal.Dsp.Isa.RegionTable.Tcm] = _tcm;
        }
    }

    /// <inheritdoc/>
    public override DspCompletion Wait(long cycleLimit, CancellationToken cancellationToken)
    {
        var program = _started ?? throw new InvalidOperationException("No job has been started.");
        _started = null;
        fixed (nint* regions = _regions)
        {
            return program.Run(regions, cycleLimit, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override bool Reset()
    {
        _started = null;
        return !_isDisposed;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            foreach (var address in _mapped)
            {
                NativeMemory.AlignedFree((void*)address);
            }

            foreach (var program in _programs.Values)
            {
                program.Dispose();
            }

            _engine.Dispose();
            NativeMemory.AlignedFree((void*)_tcm);
            _tcm = 0;
        }
    }
}
