using System.Globalization;
using EdgeAI.Benchmarks;
using EdgeAI.Hal;
using EdgeAI.Testing;

const string Help = """
    EdgeAI.Benchmarks: measures, prints Markdown, and writes docs/benchmarks.

      models [name part]   every shared model: devices, equality with ONNX Runtime, load times, managed bytes (models.md)
      overhead             a run of a two-node model through each layer, over the native call (overhead.md)
      load [name part]     where the time of loading goes, stage by stage (load.md)
      quantization [part]  the quantizer: agreement with the reference tool, accuracy, NPU, time (quantization.md)
      planner              the memory planner on public problems (planner.md)
      vela                 cycles and memory of networks under parameters like Ethos-U55, beside Vela (vela.md)
      npu-coverage [part]  units of the quantized models that the NPU takes, and what it refuses (npu-coverage.md)
      all                  all of these (the default)
      npu-fuzz             random quantized operators on the simulated NPU against ONNX Runtime (npu-fuzz --help)
      zoo [name part]      public network topologies with seeded weights: lists or writes them (zoo --help)

    With a name part nothing is written. The shared models are found at EDGEAI_SHARED or beside the checkout.
    Exit codes: 0 done, 1 wrong usage, 2 no shared models or no ONNX Runtime.
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (verb, part) = (args.ElementAtOrDefault(0) ?? "all", args.ElementAtOrDefault(1) ?? "");
if (verb is "--help" or "-h" or "help")
{
    Console.WriteLine(Help);
    return 0;
}

if (verb is "zoo" or "npu-fuzz")
{
    if (!args.Contains("--help"))
    {
        return verb == "zoo" ? ZooCommand.Run(args.AsSpan(1)) : NpuFuzzCommand.Run(args[1..]);
    }

    Console.WriteLine(verb == "zoo" ? ZooCommand.Help : NpuFuzzCommand.Help);
    return 0;
}

if (verb is not ("models" or "overhead" or "load" or "planner" or "vela" or "quantization" or "npu-coverage" or "all"))
{
    Console.Error.WriteLine($"There is no verb '{verb}'.\n\n{Help}");
    return 1;
}

if (!SharedData.IsHere && verb != "overhead")
{
    Console.Error.WriteLine("The shared models are not here: set EDGEAI_SHARED or put the folder beside the checkout.");
    return 2;
}

try
{
    var reports = new (string Verb, Func<string> Write)[]
    {
        ("overhead", OverheadBenchmark.Run),
        ("load", () => LoadBenchmark.Run(part)),
        ("models", () => ModelsBenchmark.Run(part)),
        ("npu-coverage", () => NpuCoverage.Run(part)),
        ("planner", PlannerBenchmark.Run),
        ("quantization", () => QuantizeBenchmark.Run(part)),
        ("vela", VelaBenchmark.Run),
    };
    foreach (var (name, write) in reports.Where(report => verb == "all" || verb == report.Verb))
    {
        var text = write();
        Console.WriteLine(text);
        if (part.Length == 0)
        {
            Documents.Write($"{name}.md", text);
        }
    }

    return 0;
}
catch (DeviceUnavailableException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
