using System.Collections.Immutable;
using EdgeAI.Hal.Cpu.Interop;

namespace EdgeAI.Hal.Cpu;

/// <summary>
/// The host's processor, by ONNX Runtime. Loads executables of format "onnx": the code is an ONNX model. A constant with
/// the name of a graph input stands for that input's initializer and is read in place, never copied (data that is not
/// aligned to its element size is copied once); a constant that external initializers name as their location is copied.
/// Signatures of executables may leave out everything: then the model's own is taken.
/// </summary>
public sealed class CpuDevice : Device
{
    /// <summary>The executable format that it loads.</summary>
    public const string Format = "onnx";

    private readonly OnnxRuntimeLibrary _library;
    private readonly ChildSet _children = new();

    /// <summary>The CPU with these settings (null: the default ones).</summary>
    /// <exception cref="DeviceUnavailableException">ONNX Runtime's library is missing or too old.</exception>
    public CpuDevice(CpuOptions? options = null)
        : this(OnnxRuntimeLibrary.TryLoad(out var whyNot, out var tried) ?? throw Unavailable(whyNot, tried), options ?? new CpuOptions())
    {
    }

    private CpuDevice(OnnxRuntimeLibrary library, CpuOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        (_library, Options) = (library, options);
        Info = new DeviceInfo(
            "cpu", DeviceKind.Cpu, $"ONNX Runtime {library.Version}, {options.Threads} threads, {ProcessorFeatures.Describe()}", false, [Format]);
    }

    /// <inheritdoc/>
    public override DeviceInfo Info { get; }

    /// <summary>What it was made with.</summary>
    public CpuOptions Options { get; }

    /// <summary>Version of ONNX Runtime: "1.30.0".</summary>
    public string RuntimeVersion => _library.Version;

    /// <summary>File that ONNX Runtime was loaded from.</summary>
    public string LibraryPath => _library.Path;

    /// <inheritdoc/>
    /// <remarks>Threads and the processor's features change times, not what a model means.</remarks>
    public override string Compatibility => $"ONNX Runtime {RuntimeVersion}";

    internal OnnxRuntimeLibrary Library => _library;

    /// <summary>Looks for the CPU device; a missing library is a finding with the paths that were tried, not an error.</summary>
    public static DeviceFinding Find(CpuOptions? options = null) =>
        OnnxRuntimeLibrary.TryLoad(out var whyNot, out var tried) is { } library
            ? DeviceFinding.Found(new CpuDevice(library, options ?? new CpuOptions()))
            : DeviceFinding.Missing("cpu", DeviceKind.Cpu, whyNot, tried);

    /// <inheritdoc/>
    public override DeviceBuffer Allocate(long byteCount)
    {
        ObjectDisposedException.ThrowIf(_children.IsClosed, this);
        return _children.Add(new HostBuffer(this, byteCount), this);
    }

    /// <summary>Any buffer that the host can address.</summary>
    public override bool CanBind(DeviceBuffer buffer) => buffer.HostAddress != 0;

    /// <inheritdoc/>
    public override CpuExecutable Load(Executable executable)
    {
        ObjectDisposedException.ThrowIf(_children.IsClosed, this);
        return _children.Add(new CpuExecutable(this, executable, SessionFactory.Create(_library, executable, Options)), this);
    }

    /// <summary>
    /// Runs an executable in a session of its own, with ONNX Runtime's profiler on, and gives the time of each node that was
    /// really run (fused nodes bear names of their own), in order of execution.
    /// </summary>
    /// <param name="executable">What to run.</param>
    /// <param name="inputs">Inputs in the signature's order; their shapes must follow from their sizes.</param>
    /// <param name="runs">Measured runs, after one to warm up.</param>
    /// <exception cref="ExecutableFormatException">As <see cref="Load"/>.</exception>
    public ImmutableArray<NodeTime> Profile(Executable executable, ReadOnlySpan<BufferView> inputs, int runs = 10)
    {
        ObjectDisposedException.ThrowIf(_children.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        return Profiler.Run(this, executable, inputs, runs);
    }

    /// <inheritdoc/>
    public override string Describe() => $"{base.Describe()}, API {_library.ApiVersion}, {LibraryPath}";

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _children.Close();
    }

    private static DeviceUnavailableException Unavailable(string whyNot, ImmutableArray<string> tried) =>
        new($"The CPU device needs ONNX Runtime. {whyNot} Tried: {string.Join(", ", tried)}.");
}
