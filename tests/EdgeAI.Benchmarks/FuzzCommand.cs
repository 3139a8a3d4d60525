using System.Globalization;
using EdgeAI.Testing.Fuzzing;

namespace EdgeAI.Benchmarks;

/// <summary>The verbs "fuzz" (a campaign over processes) and "fuzz-worker" (one of them).</summary>
internal static class FuzzCommand
{
    public const string Help = """
        fuzz: mutates models and puts them through reader, writer, verifier, inference and simplification, each n-th through the whole runtime.

          --seed n          mutants follow from it (default: the date, as yyyymmdd)
          --mutations n     how many (default 1000000)
          --workers n       processes (default 1)
          --deep n          each n-th mutant is loaded and run by ONNX Runtime and the simulated devices too; 0: none (default 50)
          --minutes n       ends earlier
          --folder path     states and findings (default artifacts/fuzz-<seed>); a campaign that was stopped goes on there
          --replay n        runs one mutant in this process and prints what comes of it
          --input file      runs one file in this process (twice --deep 1: through the runtime too)

        Exit codes: 0 nothing found, 1 wrong usage, 3 findings (texts and inputs are in the folder).
        """;

    private const int WrongUsage = 1, Findings = 3;

    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments is ["--help" or "-h", ..])
        {
            Console.WriteLine(Help);
            return 0;
        }

        var options = Parse(arguments, out var wrong);
        if (wrong is not null)
        {
            Console.Error.WriteLine($"{wrong}\n\n{Help}");
            return WrongUsage;
        }

        var seed = (int)options.GetValueOrDefault("--seed", Number(DateTime.UtcNow.ToString("yyyyMMdd", CultureInfo.InvariantCulture)));
        var folder = options.Folder ?? Path.Combine("artifacts", $"fuzz-{seed}");
        var minutes = options.GetValueOrDefault("--minutes", 0);
        var plan = new FuzzPlan(
            seed, options.GetValueOrDefault("--mutations", 1_000_000), (int)options.GetValueOrDefault("--workers", 1), Path.GetFullPath(folder),
            (int)options.GetValueOrDefault("--deep", 50), minutes > 0 ? TimeSpan.FromMinutes(minutes) : TimeSpan.FromDays(100));
        return options.Input is { } input ? Once(new Mutant(input, File.ReadAllBytes(input), []), plan.DeepEvery == 1)
            : options.TryGetValue("--replay", out var index) ? Once(new Mutator(FuzzCorpus.Load(), seed).Make(index), plan.IsDeep(index))
            : RunCampaign(plan);
    }

    /// <summary>A worker: what its campaign has given it as arguments.</summary>
    public static int RunWorker(IReadOnlyList<string> arguments)
    {
        var (plan, worker) = FuzzPlan.Parse(arguments);
        FuzzWorker.Run(plan, worker);
        return 0;
    }

    private static int RunCampaign(FuzzPlan plan)
    {
        var summary = new FuzzCampaign(plan, typeof(FuzzCommand).Assembly.Location).Run(Console.IsOutputRedirected ? null : now => Console.Write($"\r{now.ProgressLine()}"));
        Console.WriteLine($"\n{summary}");
        foreach (var finding in summary.Findings)
        {
            Console.WriteLine(finding);
        }

        return summary.FindingCount == 0 ? 0 : Findings;
    }

    private static int Once(Mutant mutant, bool isDeep)
    {
        using var pipeline = new ModelPipeline(isDeep);
        var outcome = pipeline.Run(mutant.Bytes, isDeep);
        Console.WriteLine($"{mutant.Seed}: {string.Join("; ", mutant.Changes)}\n{outcome.Signature} ({outcome.Milliseconds:0} ms, {outcome.AllocatedBytes} bytes allocated)\n{outcome.Detail}");
        return outcome.IsFinding ? Findings : 0;
    }

    private static Options Parse(IReadOnlyList<string> arguments, out string? wrong)
    {
        var options = new Options();
        wrong = null;
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var (name, value) = (arguments[i], i + 1 < arguments.Count ? arguments[i + 1] : "");
            switch (name)
            {
                case "--folder": options.Folder = value; break;
                case "--input": options.Input = value; break;
                case "--seed" or "--mutations" or "--workers" or "--deep" or "--minutes" or "--replay" when long.TryParse(value, CultureInfo.InvariantCulture, out var number): options[name] = number; break;
                default: wrong = $"'{name} {value}' is no option of fuzz."; break;
            }
        }

        return options;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private sealed class Options : Dictionary<string, long>
    {
        public string? Folder { get; set; }

        public string? Input { get; set; }
    }
}
