using System.Globalization;
using EdgeAI.Hal.Cpu;
using EdgeAI.Runtime;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>From a file to what can run: the ONNX file, the cache, a bundle, and ONNX Runtime's own session.</summary>
internal static class BundleBenchmark
{
    private const int Rounds = 9;
    private const int ColdRounds = 5;

    private static readonly string[] ColdModels = ["own/kws/kws_dscnn_int8.onnx", "cls/mobilenetv2_qdq_int8_op11.onnx", "det/ultraface_rfb320.onnx"];

    public static string Run(string part)
    {
        var names = BenchmarkModel.Names(part);
        using var cpu = new CpuDevice();
        return $"""
            # Loading from bundles and from the cache, against ONNX Runtime's session creation

            Median milliseconds of {Rounds} loads each, in turn, measured with `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- bundles` on
            {Machine.Describe(cpu)} {Machine.Load()}

            Every shared model of static shapes; warm, on the CPU alone (first columns) and with the simulated NPU and DSP (*hub*). *ORT* is `CreateSession` for the same path with default options, *model* is `EdgeRuntime.Load` of the ONNX file, *cache* the same with `CacheFolder`
            (it hashes the source file), *bundle* `EdgeRuntime.Load` of a file that `EdgeModel.Save` wrote. Bundle and cache verify the ONNX code inside
            again before ONNX Runtime gets it ([plans](../plans.md#bundles)).

            {Table(cpu, names, out var summary)}

            {summary}

            {Cold(names)}
            """;
    }

    private static MarkdownTable Table(CpuDevice cpu, IReadOnlyList<string> names, out MarkdownTable summary)
    {
        var table = new MarkdownTable("model", "ORT", "model", "cache", "bundle", "bundle / ORT", "hub: model", "hub: cache", "hub: bundle", "hub: bundle / model");
        var ratios = new List<(double Ort, double Model, double Hub)>();
        using var runtime = DeviceSet.Cpu.Create();
        using var hub = DeviceSet.Simulated.Create();
        foreach (var name in names.Where(name => BenchmarkModel.Of(name).Inputs.All(input => input.Shape.IsStatic)))
        {
            Console.Error.WriteLine($"bundle {table.RowCount + 1,3}  {name}");
            using var here = new Files(runtime, name);
            using var there = new Files(hub, name);
            var times = Stopwatches.Medians(Rounds, [() => RuntimeSession.Open(cpu, here.Model).Dispose(), .. here.Loads(), .. there.Loads()]);
            ratios.Add((times[3] / times[0], times[3] / times[1], times[6] / times[4]));
            table.Add([name, .. times[..4].Select(Number), Number(times[3] / times[0]), .. times[4..].Select(Number), Number(times[6] / times[4])]);
        }

        summary = new MarkdownTable("", "median", "worst");
        summary.Add("bundle / ORT", Number(Stopwatches.Median(ratios.Select(ratio => ratio.Ort))), Number(ratios.Max(ratio => ratio.Ort)));
        summary.Add("bundle / model", Number(Stopwatches.Median(ratios.Select(ratio => ratio.Model))), Number(ratios.Max(ratio => ratio.Model)));
        summary.Add("hub: bundle / model", Number(Stopwatches.Median(ratios.Select(ratio => ratio.Hub))), Number(ratios.Max(ratio => ratio.Hub)));
        return table;
    }

    private static string Cold(IReadOnlyList<string> names)
    {
        var table = new MarkdownTable("model", "empty process", "ORT session", "model", "bundle", "bundle, no compiler");
        using var runtime = DeviceSet.Cpu.Create();
        foreach (var name in ColdModels.Where(names.Contains))
        {
            Console.Error.WriteLine($"cold {name}");
            using var files = new Files(runtime, name);
            var times = Stopwatches.Medians(
                ColdRounds, () => Probe.Start("nothing", files.Model), () => Probe.Start("session", files.Model), () => Probe.Start("runtime", files.Model),
                () => Probe.Start("runtime", files.Bundle), () => Probe.Start("executor", files.Bundle));
            table.Add([name, .. times.Select(Number)]);
        }

        return table.RowCount == 0 ? "" : $"""
            ## The first load in a process

            Median milliseconds of {ColdRounds} whole processes each, in turn, CPU alone; code compiled at first use is in them. *no compiler* is
            `new Executor(PlanBundle.Open(path).Plan, devices)`: EdgeAI.Runtime and EdgeAI.Hal.Cpu without graph, reader and verifier.

            {table}
            """;
    }

    private static string Number(double value) => value.ToString("F2", CultureInfo.InvariantCulture);

    /// <summary>A model's bundle and cache in a folder of their own.</summary>
    private sealed class Files : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgeai-bundles-");
        private readonly EdgeRuntime _runtime;

        public Files(EdgeRuntime runtime, string name)
        {
            (_runtime, Model) = (runtime, SharedData.Path("models", name));
            Bundle = Path.Combine(_folder.FullName, "model" + PlanBundle.Extension);
            using var model = runtime.Load(Model);
            model.Save(Bundle);
        }

        public string Model { get; }

        public string Bundle { get; }

        /// <summary>Loads of the model, from the cache and of the bundle.</summary>
        public Action[] Loads() =>
        [
            () => _runtime.Load(Model).Dispose(),
            () => _runtime.Load(Model, LoadOptions.Default with { CacheFolder = _folder.FullName }).Dispose(),
            () => _runtime.Load(Bundle).Dispose(),
        ];

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
