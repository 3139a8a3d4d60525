using System.Globalization;
using EdgeAI.Graph;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>From a file to a checked model with shapes, against ONNX Runtime's session creation for the same file.</summary>
internal static class DoorBenchmark
{
    private const int Rounds = 20;
    private const int ColdRounds = 5;

    /// <summary>Models whose first load in a process is measured: small and large, old and new, many nodes and few.</summary>
    private static readonly string[] ColdModels =
    [
        "own/kws/kws_dscnn_int8.onnx", "cls/mnist_cntk.onnx", "cls/mobilenetv2_qdq_int8_op11.onnx", "audio/silero_vad_v6_op16.onnx",
        "nlp/tinybert_tribuo.onnx", "sensor/rf_iris_sklearn.onnx",
    ];

    /// <summary>The largest ratio of the last run.</summary>
    public static double WorstRatio { get; private set; }

    public static string Run(string part)
    {
        using var files = new ModelFiles();
        using var cpu = new CpuDevice();
        var table = new MarkdownTable("model", "file KB", "read ms", "verify ms", "infer ms", "all ms", "ORT ms", "ratio", "bare ORT ms", "ratio", "ratio of leasts", "allocated KB");
        var ratios = new List<Ratios>();
        foreach (var (name, path) in files.All(part))
        {
            Console.Error.WriteLine($"{table.RowCount + 1,3}  {name}");
            table.Add([name, .. Row(path, cpu, ratios)]);
        }

        WorstRatio = ratios.Max(ratio => ratio.Session);
        return $"""
            # The door: read, verify, infer

            Median milliseconds of {Rounds} loads, warm and in turn, measured with `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- door` on
            {Machine.Describe(cpu)} {Machine.Load()}

            - *all*: the three parts of one load together, each load after a session of ONNX Runtime, as that comes after a load here: neither
              finds the caches as it left them.
            - *ORT*: ONNX Runtime's CreateSession for the same path with the options that a user has who sets none; *bare*: with graph
              optimization off and one thread, so that no pool of threads is made. A session is more than a checked graph (kernels are
              made, weights copied and prepacked): this compares the time until a program knows its model. `load` and `models` compare
              the whole way to what can run.
            - *ratio of leasts*: the least of the {Rounds} times here over the least of bare ONNX Runtime: what is left when other programs
              on the machine do not disturb.
            - *allocated*: managed bytes of one load; weights stay in the mapped file.

            {table}

            | | median | worst |
            | --- | ---: | ---: |
            | to ONNX Runtime | {Summary(ratios, ratio => ratio.Session)} |
            | to bare ONNX Runtime | {Summary(ratios, ratio => ratio.Bare)} |
            | to bare ONNX Runtime, leasts | {Summary(ratios, ratio => ratio.Least)} |

            {Cold(part)}
            """;
    }

    /// <summary>One load.</summary>
    public static Model Load(string path)
    {
        var model = OnnxReader.Read(path);
        GraphVerifier.Verify(model);
        ShapeInference.Infer(model);
        return model;
    }

    private sealed record Ratios(double Session, double Bare, double Least);

    private static string Summary(List<Ratios> ratios, Func<Ratios, double> select) =>
        $"{Number(Stopwatches.Median(ratios.Select(select)))} | {Number(ratios.Max(select))}";

    private static string[] Row(string path, CpuDevice cpu, List<Ratios> ratios)
    {
        var model = OnnxReader.Read(path);
        var rounds = Stopwatches.Times(
            Rounds, () => model = OnnxReader.Read(path), () => GraphVerifier.Verify(model), () => ShapeInference.Infer(model),
            () => RuntimeSession.Open(cpu, path).Dispose(), () => RuntimeSession.Open(cpu, path, isBare: true).Dispose());
        double[] all = [.. Enumerable.Range(0, Rounds).Select(round => rounds[0][round] + rounds[1][round] + rounds[2][round])];
        double[] times = [.. rounds[..3].Append(all).Concat(rounds[3..]).Select(Stopwatches.Median)];
        ratios.Add(new(times[3] / times[4], times[3] / times[5], all.Min() / rounds[4].Min()));
        return
        [
            Kilobytes(new FileInfo(path).Length), .. times[..5].Select(Number), Number(ratios[^1].Session), Number(times[5]), Number(ratios[^1].Bare), Number(ratios[^1].Least),
            Kilobytes(Allocations.Least(() => Load(path))),
        ];
    }

    /// <summary>Whole processes that do nothing, load a model here, or load it in ONNX Runtime.</summary>
    private static string Cold(string part)
    {
        var models = SharedData.IsHere ? ColdModels.Where(name => name.Contains(part, StringComparison.OrdinalIgnoreCase)).ToList() : [];
        if (models.Count == 0)
        {
            return "";
        }

        var table = new MarkdownTable("model", "empty process ms", "read, verify, infer ms", "ORT session ms", "first load here", "first session there");
        foreach (var name in models)
        {
            Console.Error.WriteLine($"cold {name}");
            var path = SharedData.Path("models", name);
            var times = Stopwatches.Medians(ColdRounds, () => Probe.Start("nothing", path), () => Probe.Start("door", path), () => Probe.Start("session", path));
            table.Add([name, .. times.Select(Number), Number(times[1] - times[0]), Number(times[2] - times[0])]);
        }

        return $"""
            ## The first load in a process

            Median milliseconds of {ColdRounds} whole processes: one that ends at once, one that loads the model here, one that opens a session
            (with ONNX Runtime's library loaded for it). The last two columns are the differences to the empty process: code compiled at
            first use is in them.

            {table}

            """;
    }

    private static string Kilobytes(long bytes) => (bytes / 1024.0).ToString("F0", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
