using System.Collections.Immutable;
using System.CommandLine;
using EdgeAI.Compiler;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Npu;
using EdgeAI.Runtime;
using EdgeAI.Scheduling;

namespace EdgeAI.Cli;

/// <summary>What several verbs take: the model, the board, the devices, the form of the answer.</summary>
internal sealed class CommonOptions
{
    private const int MostThreads = 64;

    private static readonly Dictionary<string, PlacementObjective> Objectives = new()
    {
        ["latency"] = PlacementObjective.AdditiveWithLaunches,
        ["makespan"] = PlacementObjective.Makespan,
        ["throughput"] = PlacementObjective.Throughput,
        ["energy"] = PlacementObjective.Energy,
    };

    public Argument<string> Model { get; } = new("model") { Description = "An ONNX file, or a bundle that 'edgeai plan --output FILE.edgeai' wrote." };

    public Option<string> Profile { get; } = new("--profile")
    {
        Description = $"Board that costs are predicted for: {string.Join(", ", BoardProfile.Names)}, or a JSON file.",
        DefaultValueFactory = _ => "hub",
    };

    public Option<string[]> Devices { get; } = new("--devices")
    {
        Description = "Devices that may be used beside the CPU: npu, dsp, none. Default: what the board has, simulated.",
        AllowMultipleArgumentsPerToken = true,
    };

    public Option<string?> Npu { get; } = new("--npu") { Description = "NPU configuration instead of the board's: micro-128, micro-256, edge-1k, phone-4k." };

    public Option<int> NpuThreads { get; } = new("--npu-threads")
    {
        Description = "Threads of this machine that share the simulated NPU's large commands: the answers and the predicted times stay the same.",
        DefaultValueFactory = _ => 1,
    };

    public Option<string[]> Dimensions { get; } = new("--dim")
    {
        Description = "A number for a symbolic dimension: --dim batch=4; for one without a name, by input and axis: --dim image.2=224. Others are 1.",
        AllowMultipleArgumentsPerToken = true,
    };

    public Option<string?> Cache { get; } = new("--cache") { Description = "Folder where compiled models are kept: what has not changed is loaded from there without compiling." };

    public Option<string> Costs { get; } = new("--costs")
    {
        Description = "What the CPU's operators cost: profile, measured (on this machine, by 'edgeai calibrate'), or a file that 'edgeai calibrate --output' wrote. Beside simulated devices the profile is the right choice.",
        DefaultValueFactory = _ => "profile",
    };

    public Option<string> Objective { get; } = new("--objective")
    {
        Description = $"What placement minimizes: {string.Join(", ", Objectives.Keys)}. latency adds up what one device after the other takes; makespan lets devices work side by side; throughput is for streams of frames.",
        DefaultValueFactory = _ => "latency",
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Machine-readable output." };

    /// <summary>Adds the options to a verb that loads a model.</summary>
    public void AddTo(Command command)
    {
        command.Add(Model);
        command.Add(Dimensions);
        command.Add(Cache);
        command.Add(Costs);
        command.Add(Objective);
        AddBoardTo(command);
    }

    /// <summary>Adds the options to a verb that only needs devices.</summary>
    public void AddBoardTo(Command command)
    {
        command.Add(Profile);
        command.Add(Devices);
        command.Add(Npu);
        command.Add(NpuThreads);
        command.Add(Json);
    }

    /// <summary>The ONNX file.</summary>
    /// <exception cref="FileNotFoundException">The path is empty.</exception>
    /// <exception cref="ModelFormatException">It is a compiled plan.</exception>
    public string ModelPath(ParseResult parsed) => parsed.GetValue(Model)! switch
    {
        "" => throw new FileNotFoundException("The path of the model is empty; expected an ONNX file."),
        var path when IsPlan(path) => throw new ModelFormatException($"{path}: a compiled plan, which 'edgeai disasm' prints and EdgeAI.Runtime's Executor executes; expected the ONNX file, or a bundle ({PlanBundle.Extension})."),
        var path => path,
    };

    /// <summary>True for the name of a compiled plan.</summary>
    public static bool IsPlan(string path) => path.EndsWith(".plan", StringComparison.Ordinal);

    /// <summary>The runtime that the options ask for.</summary>
    public EdgeRuntime CreateRuntime(ParseResult parsed)
    {
        var profile = ReadProfile(parsed.GetValue(Profile)!);
        var wanted = parsed.GetValue(Devices) is { Length: > 0 } devices ? devices.SelectMany(item => item.Split(',')).ToArray() : ["npu", "dsp"];
        var unknown = wanted.FirstOrDefault(item => item is not ("npu" or "dsp" or "cpu" or "none"));
        if (unknown is not null)
        {
            throw new DeviceUnavailableException($"There is no device '{unknown}'. Known: cpu, npu, dsp, none.");
        }

        var (npu, threads) = (parsed.GetValue(Npu) ?? profile.Npu, parsed.GetValue(NpuThreads));
        if (threads is < 1 or > MostThreads)
        {
            throw new DeviceUnavailableException($"--npu-threads: {threads}; expected 1 to {MostThreads}.");
        }

        return EdgeRuntime.Create(setup =>
        {
            setup.AddCpu().UseProfile(profile);
            _ = !wanted.Contains("npu") ? setup
                : npu is null ? setup.AddMissing(DeviceFinding.Missing("npu", DeviceKind.Npu, $"the board '{profile.Name}' has none; --npu names one to simulate"))
                : setup.AddNpu(new SimulatedNpu(NpuConfiguration.ByName(npu), threads: threads));
            _ = !wanted.Contains("dsp") ? setup
                : profile.Dsp is null ? setup.AddMissing(DeviceFinding.Missing("dsp", DeviceKind.Dsp, $"the board '{profile.Name}' has none"))
                : setup.AddDsp(new SimulatedDsp(DspConfiguration.ByName(profile.Dsp)));
        });
    }

    /// <summary>How the options ask for the model to be loaded; measured costs need the runtime whose machine they must be of.</summary>
    public LoadOptions CreateLoadOptions(ParseResult parsed, EdgeRuntime? runtime = null) => new()
    {
        Dimensions = ParseDimensions(parsed.GetValue(Dimensions) ?? []),
        CacheFolder = parsed.GetValue(Cache) is "" ? throw new IOException("--cache: the path is empty; expected a folder.") : parsed.GetValue(Cache),
        Costs = runtime is null ? null : ReadCosts(parsed.GetValue(Costs)!, runtime),
        Placement = PlacementOptions.Default with { Objective = ReadObjective(parsed.GetValue(Objective) ?? "latency") },
    };

    private static PlacementObjective ReadObjective(string name) =>
        Objectives.TryGetValue(name, out var objective) ? objective : throw new TensorMismatchException($"--objective '{name}': expected {string.Join(", ", Objectives.Keys)}.");

    private static MeasuredCosts? ReadCosts(string name, EdgeRuntime runtime) => name switch
    {
        "profile" => null,
        "measured" => CostMachine.Read(runtime),
        "" => throw new IOException("--costs: the path is empty; expected profile, measured or a file."),
        _ => CostMachine.Read(runtime, name),
    };

    private static ImmutableDictionary<string, long> ParseDimensions(string[] texts)
    {
        var dimensions = ImmutableDictionary.CreateBuilder<string, long>();
        foreach (var (name, value) in texts.Select(ParseDimension))
        {
            if (!dimensions.TryAdd(name, value))
            {
                throw new TensorMismatchException($"--dim '{name}' is given twice: {dimensions[name]} and {value}.");
            }
        }

        return dimensions.ToImmutable();
    }

    private static (string Name, long Value) ParseDimension(string text) =>
        text.Split('=') is [var name, var number] && long.TryParse(number, out var value) && value is > 0 and <= int.MaxValue ? (name, value)
            : throw new TensorMismatchException($"--dim '{text}': expected name=number, for example batch=1, of 1 to {int.MaxValue}.");

    private static BoardProfile ReadProfile(string name)
    {
        if (!File.Exists(name))
        {
            return BoardProfile.ByName(name);
        }

        using var stream = File.OpenRead(name);
        return BoardProfile.Read(stream);
    }
}
