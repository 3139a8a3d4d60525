using System.Collections.Immutable;
using EdgeAI.Compiler;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Runtime;

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

    /// <summary>Reads, places and compiles a model; or loads a bundle, which was compiled before.</summary>
    /// <param name="path">An ONNX file, or a bundle that <see cref="EdgeModel.Save"/> wrote.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="Graph.ModelFormatException">The file is no valid ONNX model; the message names file, node, found and expected.</exception>
    /// <exception cref="PlacementFailedException">Some operator runs on no device.</exception>
    /// <exception cref="PlanRequirementException">The plan does not hold what the options require.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ExecutableFormatException">The file is a bundle that is truncated or damaged.</exception>
    /// <exception cref="StaleBundleException">The file is a bundle for another version of this library or for other devices.</exception>
    public EdgeModel Load(string path, LoadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= LoadOptions.Default;
        return File.Exists(path) && PlanBundle.IsBundleFile(path) ? Load(PlanBundle.Open(path), options)
            : new EdgeModel(this, new OnnxPlanSource(this, path, options), options);
    }

    /// <summary>Loads a compiled model. Its CPU code is verified as a model file is; its other code, by the devices.</summary>
    /// <exception cref="StaleBundleException">It was made for another version of this library or for other devices.</exception>
    /// <exception cref="ExecutableFormatException">Its content is not what the compiler writes.</exception>
    public EdgeModel Load(PlanBundle bundle, LoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        options ??= LoadOptions.Default;
        return new EdgeModel(this, new BundlePlanSource(this, bundle, options), options);
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
        Profile = options.Costs is { } costs ? Measured(Profile, costs) : Profile,
        CpuCosts = options.Costs,
        Placement = options.Placement,
        Accelerators = [.. _targets.Where(target => options.Devices is not { } allowed || allowed.Contains(target.Id))],
        Evaluator = (model, feeds) => CpuEvaluator.Evaluate(_evaluator.Value, model, feeds),
        Symbols = options.Dimensions,
        Functions = options.Functions,
        Folding = options.Folding,
        MaxPlanBytes = options.MaxPlanBytes,
        MaxWhatIfs = options.MaxWhatIfs,
        OnStage = options.OnStage,
    };

    private static BoardProfile Measured(BoardProfile profile, MeasuredCosts costs) => profile with
    {
        Name = $"{profile.Name}, CPU measured: {costs.Machine}",
        Launches = profile.Launches.SetItem("cpu", costs.LaunchSeconds),
    };
}
