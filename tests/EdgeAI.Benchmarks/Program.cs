using System.Globalization;
using EdgeAI.Benchmarks;
using EdgeAI.Hal;
using EdgeAI.Testing;

const string Help = """
    EdgeAI.Benchmarks: measures, prints Markdown, and writes docs/benchmarks.

      models [name part]   every shared model: devices, equality with ONNX Runtime, load times, managed bytes (models.md)
      overhead             a run of a two-node model through each layer, over the native call (overhead.md)
      load [name part]     where the time of loading goes, stage by stage (load.md)
      door [name part]     read, verify and infer of every shared model and of the zoo, against ONNX Runtime's session creation (door.md)
        --check            writes nothing; exit code 3 where a model takes longer here than there
      memory               what memory a model of 100 MB takes, here and in ONNX Runtime; Linux only (memory.md)
      planner              the memory planner on public problems (planner.md)
      all                  all of these (the default)
      zoo [name part]      public network topologies with seeded weights: lists or writes them (zoo --help)

    With a name part nothing is written. The shared models are found at EDGEAI_SHARED or beside the checkout.
    Exit codes: 0 done, 1 wrong usage, 2 no shared models, no ONNX Runtime or not the system for it, 3 slower than --check allows.
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var verb = args.ElementAtOrDefault(0) ?? "all";
var part = args.Skip(1).FirstOrDefault(argument => !argument.StartsWith('-')) ?? "";
var isCheck = args.Contains("--check");
if (verb is "--help" or "-h" or "help")
{
    Console.WriteLine(Help);
    return 0;
}

if (verb == Probe.Verb)
{
    return Probe.Run(args.AsSpan(1));
}

if (verb == "zoo")
{
    if (!args.Contains("--help"))
    {
        return ZooCommand.Run(args.AsSpan(1));
    }

    Console.WriteLine(ZooCommand.Help);
    return 0;
}

var reports = new (string Verb, Func<string> Write)[]
{
    ("overhead", OverheadBenchmark.Run),
    ("load", () => LoadBenchmark.Run(part)),
    ("models", () => ModelsBenchmark.Run(part)),
    ("door", () => DoorBenchmark.Run(part)),
    ("memory", MemoryBenchmark.Run),
    ("planner", PlannerBenchmark.Run),
};
if (verb != "all" && !reports.Any(report => report.Verb == verb))
{
    Console.Error.WriteLine($"There is no verb '{verb}'.\n\n{Help}");
    return 1;
}

if (!SharedData.IsHere && verb is not ("overhead" or "door" or "memory"))
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
    foreach (var (name, write) in reports.Where(report => verb == report.Verb || (verb == "all" && (report.Verb != "memory" || OperatingSystem.IsLinux()))))
    {
        var text = write();
        Console.WriteLine(text);
        if (part.Length == 0 && !isCheck)
        {
            Documents.Write($"{name}.md", text);
        }
    }

    return isCheck && DoorBenchmark.WorstRatio > 1 ? 3 : 0;
}
catch (DeviceUnavailableException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
