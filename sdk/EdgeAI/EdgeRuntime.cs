using System.Collections.Immutable;
using EdgeAI.Compiler;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;

namespace EdgeAI;

/// <summary>
/// The devices of this process and the models loaded on them. Thread-safe. Dispose models before their runtime.
/// <code>
/// await using var runtime = EdgeRuntime.Create(devices => devices.AddCpu().AddNpu(new SimulatedNpu(NpuConfiguration.Edge1k)));
/// using var model = runtime.Load("keyword.onnx");
/// Console.WriteLine(model.Plan.Explain());
/// var scores = model.Run(waveform);
/// </code>
/// </summary>
public sealed class EdgeRuntime : IDisposable, IAsyncDisposable
{
    private readonly ImmutableArray<Target> _targets;

    /// <summary>Folds constants node by node, as ONNX Runtime does itself: fused, they would get other bits.</summary>
    private readonly Lazy<CpuDevice> _evaluator;

    private EdgeRuntime(DeviceCatalog devices, BoardProfile profile, ImmutableArray<Target> targets)
    {
        (Devices, Profile, _targets) = (devices, profile, targets);
        Clock = devices.Devices.Any(device => device.Info.IsSimulated) ? new VirtualClock() : TimeProvider.System;
        Cpu = devices.Devices.OfType<CpuDevice>().First();
        _evaluator = new Lazy<CpuDevice>(() => new CpuDevice(Cpu.Options with { Threads = 1, Optimization = GraphOptimization.None }));
    }

    /// <summary>What is here, and what was looked for and is not usable.</summary>
    public DeviceCatalog Devices { get; }

    /// <summary>The board that costs are predicted for.</summary>
    public BoardProfile Profile { get; }

    /// <summary>The clock of the runs: virtual as soon as a device is simulated, else the system's.</summary>
    public TimeProvider Clock { get; }

    internal CpuDevice Cpu { get; }

    /// <summary>A runtime with the devices that <paramref name="setup"/> adds; without it, the CPU alone.</summary>
    /// <exception cref="DeviceUnavailableException">A device that was asked for is not here.</exception>
    public static EdgeRuntime Create(Action<DeviceSetup>? setup = null)
    {
        var devices = new DeviceSetup();
        setup?.Invoke(devices);
        if (!devices.Devices.Any(entry => entry.Finding.Device is CpuDevice))
        {
            devices.AddCpu();
        }

        var profile = devices.ChosenProfile ?? BoardProfile.Default;
        var targets = devices.Devices.Where(entry => entry.Target is not null).Select(entry => entry.Target!(profile));
        return new EdgeRuntime(new DeviceCatalog(devices.Devices.Select(entry => entry.Finding)), profile, [.. targets]);
    }

    /// <summary>Reads, places and compiles a model.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="Graph.ModelFormatException">The file is no valid ONNX model; the message names file, node, found and expected.</exception>
    /// <exception cref="PlacementFailedException">Some operator runs on no device.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public EdgeModel Load(string path, LoadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new EdgeModel(this, path, options ?? LoadOptions.Default);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_evaluator.IsValueCreated)
        {
            _evaluator.Value.Dispose();
        }

        Devices.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal CompilerOptions CompilerOptions(LoadOptions options) => new()
    {
        Profile = Profile,
        Accelerators = [.. _targets.Where(target => options.Devices is not { } allowed || allowed.Contains(target.Id))],
        Evaluator = (model, feeds) => CpuEvaluator.Evaluate(_evaluator.Value, model, feeds),
        Symbols = options.Dimensions,
        Functions = options.Functions,
        Folding = options.Folding,
        MaxPlanBytes = options.MaxPlanBytes,
        OnStage = options.OnStage,
    };
}
