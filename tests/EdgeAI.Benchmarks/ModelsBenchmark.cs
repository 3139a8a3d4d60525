using System.Collections.Immutable;
using System.Globalization;
using EdgeAI.Hal.Cpu;
using EdgeAI.Runtime;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>Model × device coverage × equality with ONNX Runtime × load time × managed bytes per run.</summary>
internal static class ModelsBenchmark
{
    private const int Rounds = 5;

    public static string Run(string part)
    {
        var names = BenchmarkModel.Names(part);
        var table = new MarkdownTable("model", "nodes", "CPU bits", "NPU/DSP/CPU units", "steps", "hub bits", "ORT load ms", "load ms", "ratio", "hub load ms", "B/run", "hub B/run");
        var ratios = new List<double>();
        using var cpu = new CpuDevice();
        foreach (var name in names)
        {
            Console.Error.WriteLine($"{table.RowCount + 1,3} of {names.Count}  {name}");
            table.Add(Row(BenchmarkModel.Of(name), cpu, ratios));
        }

        return $"""
            # Shared models

            Measured with `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- models` on {Machine.Describe(cpu)}

            - *CPU bits*: outputs on the CPU alone against ONNX Runtime on the file: equal bit by bit, or the largest difference relative to
              the output's largest magnitude (why: tests/EdgeAI.Conformance/tolerances.txt).
            - *NPU/DSP/CPU units*, *steps*, *hub bits*: placed by predicted cost under the profile `hub` on {DeviceSet.Simulated.Description}; a
              unit is a node or a whole DQ-op-Q group, steps are runs and copies.
            - *ORT load ms*: from the file to ONNX Runtime's session; *load ms*: from the file to a plan that can run, on the CPU alone, the
              same session within; *hub load ms*: with placement and compilation for the NPU and the DSP. Medians of {Rounds}, measured in turn.
            - *B/run*: managed bytes that a run of a session allocates (least of five readings); "-": the model takes text, and has no session.

            {table}

            Median of the ratios: {Number(Stopwatches.Median(ratios))}.

            """;
    }

    private static string[] Row(BenchmarkModel model, CpuDevice ort, List<double> ratios)
    {
        using var oracle = new OnnxOracle();
        var expected = oracle.Run(File.ReadAllBytes(model.Path), model.FeedsByName);
        using var alone = DeviceSet.Cpu.Create();
        using var hub = DeviceSet.Simulated.Create();
        var (aloneBits, aloneBytes, _) = Check(model, alone, expected);
        var (hubBits, hubBytes, plan) = Check(model, hub, expected);
        var times = Stopwatches.Medians(Rounds, () => model.LoadInOnnxRuntime(ort), () => model.Load(alone).Dispose(), () => model.Load(hub).Dispose());
        ratios.Add(times[1] / times[0]);
        return
        [
            model.Name, $"{model.NodeCount}", aloneBits, Units(plan), $"{plan.Steps.Length}", hubBits,
            Number(times[0]), Number(times[1]), Number(times[1] / times[0]), Number(times[2]), aloneBytes, hubBytes,
        ];
    }

    private static (string Bits, string Bytes, Plan Plan) Check(BenchmarkModel model, EdgeRuntime runtime, ImmutableArray<OnnxValue> expected)
    {
        using var loaded = model.Load(runtime);
        var result = loaded.Run(model.FeedsByName);
        var worst = result.Select(OnnxOracle.ValueOf).Zip(expected, TensorDifference.Of).MaxBy(difference => difference.Relative)!;
        return (worst.IsExact ? "equal" : worst.Relative.ToString("0.0e-0", CultureInfo.InvariantCulture), Bytes(model, loaded), result.Plan);
    }

    private static string Bytes(BenchmarkModel model, EdgeModel loaded)
    {
        if (!model.HasSession)
        {
            return "-";
        }

        using var session = loaded.CreateSession([.. model.Feeds.Select(feed => feed.Shape)]);
        return $"{Allocations.Least(() => session.Run(), readings: 3)}";
    }

    private static string Units(Plan plan)
    {
        var counts = plan.Report.Operators.CountBy(unit => unit.Device).ToDictionary();
        return $"{counts.GetValueOrDefault("npu")}/{counts.GetValueOrDefault("dsp")}/{counts.GetValueOrDefault("cpu")}";
    }

    private static string Number(double value) => value.ToString(value < 10 ? "F2" : "F1", CultureInfo.InvariantCulture);
}
