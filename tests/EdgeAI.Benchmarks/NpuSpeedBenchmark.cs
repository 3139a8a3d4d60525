using System.Globalization;
using EdgeAI.Compiler;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Benchmarks;

/// <summary>Int8 networks and single layers on the simulated NPU against ONNX Runtime, one thread each and in turn; and how fast time alone is predicted.</summary>
internal static class NpuSpeedBenchmark
{
    private const int Rounds = 15;
    private const int MostRounds = 200;
    private const double LeastMilliseconds = 300;
    private static readonly NpuConfiguration Machine = NpuConfiguration.Edge1k;

    public static string Run(string part)
    {
        using var files = new ModelFiles();
        using var cpu = new CpuDevice(new CpuOptions { Threads = 1 });
        WarmTiming(files);
        var layers = Layers(files, part);
        var table = new MarkdownTable("model", "units on the NPU", "MMAC there", "NPU + CPU ms", "ORT ms", "ratio", "of processor time", "two threads", "GMAC/s", "cycles", "timing only, M cycles/s", "where the time goes");
        var results = new List<Result>();
        foreach (var (name, path) in files.All(part).Where(file => file.Name.Contains("int8", StringComparison.Ordinal)))
        {
            if (Measured(name, path) is { } row)
            {
                results.Add(row);
                table.Add(row.Cells);
                Console.Error.WriteLine($"{table.RowCount,3}  {string.Join(" | ", row.Cells)} | {row.Times}");
            }
        }

        return $"""
            # The simulated NPU's speed

            Measured with `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- npu-speed` on {Benchmarks.Machine.Describe(cpu)} {Benchmarks.Machine.Load()}

            - *NPU + CPU*: a run of the whole network, placed by predicted cost on the simulated {Machine.Name} (profile hub) and ONNX Runtime for the rest, one
              thread; *ORT*: ONNX Runtime alone on the same file, one thread. Medians of at least {Rounds} runs of each, in turn, after as many to warm up. *ratio*: the first over the second.
            - *of processor time*: the same ratio, of medians of what the process had of the processors: other programs on the machine disturb it less. Where they want more than there is, as the load average tells, wall times of single rows mean little.
            - *two threads*: the fastest run with one thread over the fastest with `new SimulatedNpu(…, threads: 2)`, in turn; where others use the second core there is little to gain.
            - *GMAC/s*: multiply-accumulates on the NPU over the whole run's time.
            - *timing only*: cycles of the NPU's segments over the time that `Timing.Predict` takes for them, warm: the goal is 500 M cycles/s.
            - *where the time goes*: shares of kinds of commands, by the median of each command; *moves* are DMA copies, *other* includes the CPU's segments and the executor.

            {table}

            {(results.Count == 0 ? "" : Summary(results))}
            Goals (design): at most 1.0 on MobileNet-like networks, at most 2.0 on dense ones, never above 3.0.

            ## Single layers
            Models of one operator on uint8 values in ONNX's order (channels first): both sides change the layout at both ends. *kernel*: the device's command for the layer alone, without moves.

            {layers}

            """;
    }

    private static string Summary(List<Result> results)
    {
        var (ratios, ofProcessor) = (results.ConvertAll(result => result.Ratio), results.ConvertAll(result => result.OfProcessor));
        var (gains, rates) = (results.ConvertAll(result => result.Gain), results.ConvertAll(result => result.Rate));
        return $"""
            Ratio: median {Number(Stopwatches.Median(ratios))}, best {Number(ratios.Min())}, worst {Number(ratios.Max())}; at most 1.0 for {ratios.Count(ratio => ratio <= 1)} of {ratios.Count}, at most 2.0 for {ratios.Count(ratio => ratio <= 2)}.
            Of processor time: median {Number(Stopwatches.Median(ofProcessor))}, best {Number(ofProcessor.Min())}, worst {Number(ofProcessor.Max())}; at most 1.0 for {ofProcessor.Count(ratio => ratio <= 1)}, at most 2.0 for {ofProcessor.Count(ratio => ratio <= 2)}.
            Two threads: median {Number(Stopwatches.Median(gains))}, best {Number(gains.Max())}. Timing only: median {Number(Stopwatches.Median(rates))} M cycles/s, least {Number(rates.Min())}; at least 500 for {rates.Count(rate => rate >= 500)} of {rates.Count}.
            """;
    }

    private static MarkdownTable Layers(ModelFiles files, string part)
    {
        var table = new MarkdownTable("layer", "MMAC", "NPU ms", "ORT ms", "ratio", "of processor time", "kernel ms", "kernel GMAC/s");
        foreach (var (name, macs, build) in LayerModels.All.Where(layer => layer.Name.Contains(part, StringComparison.OrdinalIgnoreCase)))
        {
            using var pair = new Contest(files.Write(name, build()), 1, onlyNpu: true);
            var rounds = pair.Times();
            var times = rounds.Wall;
            var kernel = CommandTimes.Of(pair.Npu, Rounds, pair.Here).Largest("moves");
            table.Add(name, macs == 0 ? "" : Number(macs / 1e6), Number(times[0]), Number(times[1]), Number(times[0] / times[1]), Number(rounds.OfProcessor), Number(kernel), macs == 0 ? "" : Number(macs / kernel / 1e6));
            Console.Error.WriteLine($"{table.RowCount,3}  {name}: {times[0]:F3} / {times[1]:F3} = {times[0] / times[1]:F2}, kernel {kernel:F3} ms, {macs / kernel / 1e6:F1} GMAC/s");
        }

        return table;
    }

    /// <summary>Null where nothing is on the NPU.</summary>
    private static Result? Measured(string name, string path)
    {
        using var one = new Contest(path, 1);
        if (one.Images.Count == 0)
        {
            return null;
        }

        var rounds = one.Times();
        var times = rounds.Wall;
        using var two = new Contest(path, 2);
        var threads = Stopwatches.Times(Rounds, one.Here, two.Here);
        var commands = CommandTimes.Of(one.Npu, Rounds, one.Here);
        var (cycles, macs, rate) = Predict(one.Images);
        var units = one.Operators;
        var (ratio, ofProcessor, gain) = (times[0] / times[1], rounds.OfProcessor, threads[0].Min() / threads[1].Min());
        return new(ratio, ofProcessor, gain, rate,
        [
            name, $"{units.Count(unit => unit == "npu")} of {units.Count}", Number(macs / 1e6), Number(times[0]), Number(times[1]), Number(ratio), Number(ofProcessor), Number(gain),
            Number(macs / times[0] / 1e6), cycles.ToString("N0", CultureInfo.InvariantCulture), Number(rate), commands.Shares(),
        ], commands.ToString());
    }

    private static (long Cycles, long Macs, double MegacyclesPerSecond) Predict(List<NpuImage> images)
    {
        var schedules = images.ConvertAll(image => Timing.Predict(image, Machine));
        var cycles = schedules.Sum(schedule => schedule.TotalCycles);
        var milliseconds = Stopwatches.Medians(MostRounds / 2, () => images.ForEach(image => Timing.Predict(image, Machine)))[0];
        return (cycles, schedules.Sum(schedule => schedule.Cost.Macs), cycles / milliseconds / 1e3);
    }

    /// <summary>Predicts a small network until the runtime has compiled that code to its end: it does so in the background, after a pause.</summary>
    private static void WarmTiming(ModelFiles files)
    {
        using var contest = new Contest(files.Write(Testing.Zoo.Find("dscnn_kws"), int8: true), 1);
        for (var i = 0; i < 20; i++)
        {
            for (var j = 0; j < 100; j++)
            {
                contest.Images.ForEach(image => Timing.Predict(image, Machine));
            }

            Thread.Sleep(50);
        }
    }

    private static string Number(double value) => value.ToString(value < 10 ? "F2" : "F1", CultureInfo.InvariantCulture);

    private sealed record Result(double Ratio, double OfProcessor, double Gain, double Rate, string[] Cells, string Times);

    /// <summary>A model on both sides.</summary>
    private sealed class Contest : IDisposable
    {
        private readonly EdgeRuntime _hub;
        private readonly EdgeRuntime _alone = EdgeRuntime.Create(devices => devices.AddCpu(new CpuOptions { Threads = 1 }));
        private readonly EdgeModel _onNpu;
        private readonly EdgeModel _onCpu;
        private readonly EdgeSession _here;
        private readonly EdgeSession _there;

        public Contest(string path, int threads, bool onlyNpu = false)
        {
            Npu = new SimulatedNpu(Machine, threads: threads);
            var profile = BoardProfile.ByName("hub");
            _hub = EdgeRuntime.Create(devices => devices.AddCpu(new CpuOptions { Threads = 1 }).UseProfile(onlyNpu ? profile.AcceleratorsFirst() : profile).AddNpu(Npu));
            (_onNpu, _onCpu) = (_hub.Load(path), _alone.Load(path));
            (_here, _there) = (Session(_onNpu), Session(_onCpu));
            Images = [.. _onNpu.Plan.Executables.Where(item => item.Executable.Format == NpuImage.Format).Select(item => NpuImage.FromExecutable(item.Executable))];
        }

        public SimulatedNpu Npu { get; }

        public List<NpuImage> Images { get; }

        public List<string> Operators => [.. _onNpu.Plan.Report.Operators.Select(unit => unit.Device)];

        public void Here() => _here.Run();

        /// <summary>Medians of both sides, and the ratio of their processor times: more rounds of what is short, and as many before to warm up.</summary>
        public (double[] Wall, double OfProcessor) Times()
        {
            var once = Stopwatches.Medians(2, Here, There).Sum();
            var rounds = (int)Math.Clamp(LeastMilliseconds / once, Rounds, MostRounds);
            Stopwatches.Times(rounds, Here, There);
            var (here, there) = (new List<double>(), new List<double>());
            var wall = Stopwatches.Medians(rounds, () => here.Add(ProcessorClock.Milliseconds(Here)), () => there.Add(ProcessorClock.Milliseconds(There)));
            return (wall, Stopwatches.Median(here) / Stopwatches.Median(there));
        }

        public void Dispose()
        {
            _here.Dispose();
            _there.Dispose();
            _onNpu.Dispose();
            _onCpu.Dispose();
            _hub.Dispose();
            _alone.Dispose();
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
                else if (model.Inputs[i].Type == Hal.DataType.UInt8)
                {
                    random.NextBytes(session.Input<byte>(i));
                }
            }

            return session;
        }

        private void There() => _there.Run();
    }
}
