using System.Globalization;
using EdgeAI.Benchmarks;
using EdgeAI.Hal;
using EdgeAI.Testing;

const string Help = """
    EdgeAI.Benchmarks: measures, prints Markdown, and writes docs/benchmarks.

      models [name part]   every shared model: devices, equality with ONNX Runtime, load times, managed bytes (models.md)
      overhead             a run of a two-node model through each layer, over the native call (overhead.md)
      runtime [name part]  the executor: overhead of a run, throughput of streams in virtual time (runtime.md)
      load [name part]     where the time of loading goes, stage by stage (load.md)
      bundles [name part]  loading a compiled model's file, and from the cache, against ONNX Runtime's session creation (bundles.md)
      door [name part]     read, verify and infer of every shared model and of the zoo, against ONNX Runtime's session creation (door.md)
        --check            writes nothing; exit code 3 where a model takes longer here than there
      memory               what memory a model of 100 MB takes, here and in ONNX Runtime; Linux only (memory.md)
      placement [part]     placement: time and gap on large graphs, and every model against greedy placement, predicted and simulated (placement.md)
      planner              the memory planner on public problems (planner.md)
      vela                 cycles and memory of networks under parameters like Ethos-U55, beside Vela (vela.md)
      npu-speed [part]     int8 networks on the simulated NPU against ONNX Runtime, one thread each (npu-speed.md)
      npu-coverage [part]  units of the quantized models that the NPU takes, and what it refuses (npu-coverage.md)
      npu-compile [part]   time of the NPU's compiler, and what its order of layers is worth (npu-compile.md)
      quantization [part]  the quantizer: agreement with the reference tool, accuracy, NPU, time (quantization.md)
      all                  all of these (the default)

      npu-fuzz             random quantized operators on the simulated NPU against ONNX Runtime (npu-fuzz --help)
      zoo [name part]      public network topologies with seeded weights: lists or writes them (zoo --help)
      fuzz [options]       mutated models through the whole SDK (fuzz --help)

    With a name part nothing is written. The shared models are found at EDGEAI_SHARED or beside the checkout.
    Exit codes: 0 done, 1 wrong usage, 2 no shared models, no ONNX Runtime or not the system for it, 3 slower than --check allows.
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var verb = args.ElementAtOrDefault(0) ?? "all";
var options = args.Skip(1).ToArray();
var part = options.FirstOrDefault(argument => !argument.StartsWith('-')) ?? "";
var isCheck = options.Contains("--check");
if (verb is "--help" or "-h" or "help")
{
    Console.WriteLine(Help);
    return 0;
}

// Programs of their own, with options of their own; a probe is what other verbs measure in a process of its own.
var commands = new (string Verb, Func<string[], int> Run, string Help)[]
{
    ("fuzz", FuzzCommand.Run, FuzzCommand.Help),
    ("fuzz-worker", FuzzCommand.RunWorker, FuzzCommand.Help),
    ("npu-fuzz", NpuFuzzCommand.Run, NpuFuzzCommand.Help),
    ("zoo", arguments => ZooCommand.Run(arguments), ZooCommand.Help),
    (Probe.Verb, arguments => Probe.Run(arguments), Help),
};
if (commands.FirstOrDefault(command => command.Verb == verb) is { Run: { } run, Help: var help })
{
    if (!options.Contains("--help"))
    {
        return run(options);
    }

    Console.WriteLine(help);
    return 0;
}

// Each writes a page; where it needs no shared models, it runs without them.
var reports = new (string Verb, Func<string> Write, bool NeedsModels)[]
{
    ("overhead", OverheadBenchmark.Run, false),
    ("runtime", () => RuntimeBenchmark.Run(part), true),
    ("load", () => LoadBenchmark.Run(part), true),
    ("bundles", () => BundleBenchmark.Run(part), true),
    ("models", () => ModelsBenchmark.Run(part), true),
    ("door", () => DoorBenchmark.Run(part), false),
    ("memory", MemoryBenchmark.Run, false),
    ("planner", PlannerBenchmark.Run, true),
    ("placement", () => PlacementBenchmark.Run(part), false),
    ("vela", VelaBenchmark.Run, true),
    ("npu-speed", () => NpuSpeedBenchmark.Run(part), false),
    ("npu-coverage", () => NpuCoverage.Run(part), true),
    ("npu-compile", () => NpuCompileBenchmark.Run(part), false),
    ("quantization", () => QuantizeBenchmark.Run(part), true),
};
var chosen = reports.Where(report => verb == report.Verb || (verb == "all" && (report.Verb != "memory" || OperatingSystem.IsLinux()))).ToList();
if (chosen.Count == 0)
{
    Console.Error.WriteLine($"There is no verb '{verb}'.\n\n{Help}");
    return 1;
}

if (!SharedData.IsHere && chosen.Exists(report => report.NeedsModels))
{
    Console.Error.WriteLine("The shared models are not here: set EDGEAI_SHARED or put the folder beside the checkout.");
    return 2;
}

if (!OperatingSystem.IsLinux() && verb == "memory")
{
    Console.Error.WriteLine("Memory is read from /proc, which only Linux has.");
    return 2;
}

try
{
    foreach (var report in chosen)
    {
        var text = report.Write();
        Console.WriteLine(text);
        if (part.Length == 0 && !isCheck)
        {
            Documents.Write($"{report.Verb}.md", text);
        }
    }

    return isCheck && DoorBenchmark.WorstRatio > 1 ? 3 : 0;
}
catch (DeviceUnavailableException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
