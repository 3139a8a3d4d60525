using System.Globalization;
using EdgeAI.Compiler;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Benchmarks;

/// <summary>Int8 networks on the simulated NPU against ONNX Runtime, one thread each and in turn; and how fast time alone is predicted.</summary>
internal static class NpuSpeedBenchmark
{
    private const int Rounds = 15;
    private static readonly NpuConfiguration Machine = NpuConfiguration.Edge1k;

    public static string Run(string part)
    {
        using var files = new ModelFiles();
        using var cpu = new CpuDevice(new CpuOptions { Threads = 1 });
        var table = new MarkdownTable("model", "units on the NPU", "MMAC there", "NPU + CPU ms", "ORT ms", "ratio", "GMAC/s", "cycles", "timing only, M cycles/s");
        var ratios = new List<double>();
        var rates = new List<double>();
        foreach (var (name, path) in files.All(part).Where(file => file.Name.Contains("int8", StringComparison.Ordinal)))
        {
            Console.Error.WriteLine($"{table.RowCount + 1,3}  {name}");
            if (Row(name, path, ratios, rates) is { } row)
            {
                table.Add(row);
            }
        }

        return $"""
            # The simulated NPU's speed

            Measured with `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- npu-speed` on {Benchmarks.Machine.Describe(cpu)} {Benchmarks.Machine.Load()}

            - *NPU + CPU*: a run of the whole network, placed by predicted cost on the simulated {Machine.Name} (profile hub) and ONNX Runtime for the rest, one
              thread; *ORT*: ONNX Runtime alone on the same file, one thread. Medians of {Rounds} runs of each, in turn. *ratio*: the first over the second.
            - *GMAC/s*: multiply-accumulates on the NPU over the whole run's time.
            - *timing only*: cycles of the NPU's segments over the time that `Timing.Predict` takes for them: the goal is 500 M cycles/s.

            {table}

            Ratio: median {Number(Stopwatches.Median(ratios))}, best {Number(ratios.Min())}, worst {Number(ratios.Max())}. Timing only: median {Number(Stopwatches.Median(rates))} M cycles/s, least {Number(rates.Min())}.
            Goals (design): at most 1.0 on MobileNet-like networks, 2.0 on dense ones where ONNX Runtime has 512-bit VNNI and C# 256-bit, never above 3.0.

            """;
    }

    /// <summary>Null where nothing is on the NPU.</summary>
    private static string[]? Row(string name, string path, List<double> ratios, List<double> rates)
    {
        using var alone = EdgeRuntime.Create(devices => devices.AddCpu(new CpuOptions { Threads = 1 }));
        var npu = new SimulatedNpu(Machine);
        using var hub = EdgeRuntime.Create(devices => devices.AddCpu(new CpuOptions { Threads = 1 }).UseProfile(BoardProfile.ByName("hub")).AddNpu(npu));
        using var onNpu = hub.Load(path);
        var images = onNpu.Plan.Executables.Where(item => item.Executable.Format == NpuImage.Format).Select(item => NpuImage.FromExecutable(item.Executable)).ToList();
        if (images.Count == 0)
        {
            return null;
        }

        using var onCpu = alone.Load(path);
        using var here = Session(onNpu);
        using var there = Session(onCpu);
        var times = Stopwatches.Medians(Rounds, () => here.Run(), () => there.Run());
        Console.Error.WriteLine($"     {times[0]:F3} / {times[1]:F3} = {times[0] / times[1]:F2}: {CommandTimes.Of(npu, 10, () => here.Run())}");
        var (cycles, macs, rate) = Predict(images);
        ratios.Add(times[0] / times[1]);
        rates.Add(rate);
        var units = onNpu.Plan.Report.Operators;
        return
        [
            name, $"{units.Count(unit => unit.Device == "npu")} of {units.Length}", Number(macs / 1e6), Number(times[0]), Number(times[1]), Number(ratios[^1]),
            Number(macs / times[0] / 1e6), cycles.ToString("N0", CultureInfo.InvariantCulture), Number(rate),
        ];
    }

    private static EdgeSession Session(EdgeModel model)
    {
        var session = model.CreateSession();
        var random = new Random(1);
        for (var i = 0; i < model.Inputs.Length; i++)
        {
            if (model.Inputs[i].Type == Hal.DataType.Float32)
            {
                foreach (ref var value in session.Input<float>(i))
                {
                    value = random.NextSingle();
                }
            }
        }

        return session;
    }

    private static (long Cycles, long Macs, double MegacyclesPerSecond) Predict(List<NpuImage> images)
    {
        var schedules = images.ConvertAll(image => Timing.Predict(image, Machine));
        var cycles = schedules.Sum(schedule => schedule.TotalCycles);
        var milliseconds = Stopwatches.Medians(Rounds, () => images.ForEach(image => Timing.Predict(image, Machine)))[0];
        return (cycles, schedules.Sum(schedule => schedule.Cost.Macs), cycles / milliseconds / 1e3);
    }

    private static string Number(double value) => value.ToString(value < 10 ? "F2" : "F1", CultureInfo.InvariantCulture);
}
