using System.Globalization;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Cpu.Interop;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Npu;
using EdgeAI.Runtime;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>What the executor adds to a run, and how near a stream comes to what its busiest lane allows.</summary>
internal static unsafe class RuntimeBenchmark
{
    private const int Batches = 400;
    private const int RunsPerBatch = 1000;
    private const int Frames = 80;
    private const int WarmUpFrames = 20;

    private static DeviceSet Phone { get; } = new("phone", "CPU, simulated NPU phone-4k and DSP phone-dsp", (devices, cpu) => devices
        .AddCpu(cpu)
        .AddNpu(new SimulatedNpu(NpuConfiguration.ByName("phone-4k")))
        .AddDsp(new SimulatedDsp(DspConfiguration.PhoneDsp))
        .UseProfile("phone"));

    public static string Run(string part)
    {
        using var cpu = new CpuDevice();
        return $"""
            # The executor

            Measured with `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- runtime` on {Machine.Describe(cpu)} {Machine.Load()}

            ## Overhead of a run

            A plan of one segment on the CPU: a model of one node (Relu over four floats), {Batches} batches of {RunsPerBatch} runs of each layer in
            turn. *Over the native call*: the median over the batches of the difference within a batch. Goal: less than 100 ns and 0 bytes.

            {Overhead(cpu)}

            ## Throughput of a stream

            In virtual time, on the simulated hub ({DeviceSet.Simulated.Description}) and phone (CPU, simulated NPU phone-4k and DSP phone-dsp), placed
            by cost: {Frames} frames, the first {WarmUpFrames} not counted, from a source that always has one more. *In sequence*: the sum of a frame's steps; *one
            frame*: its steps overlapping where they can; *interval*: between results of the stream; *bound*: the busiest lane's time per
            frame. Goal: bound over interval of at least 0.95. Plans of a single lane are left out: their stream is their sequence.

            {Throughput(part)}

            """;
    }

    private static MarkdownTable Overhead(CpuDevice cpu)
    {
        var bytes = new TinyOnnx().Input("x", DataType.Float32, 4).Output("y", DataType.Float32, 4).Node("Relu", "x", "y").Build();
        using var file = new TemporaryModel(bytes);
        using var loaded = cpu.Load(new Executable(CpuDevice.Format, new ExecutableSignature([], []), bytes, [], []));
        using var input = cpu.Allocate(16);
        using var output = cpu.Allocate(16);
        using var run = loaded.Prepare([new(input)], [new(output)]);
        using var binding = Bind(cpu, loaded, input, output);
        using var runtime = EdgeRuntime.Create();
        using var model = runtime.Load(file.Path);
        using var session = model.CreateSession();
        using var source = new CancellationTokenSource();
        var native = loaded.Session.Item;
        return Table(
            ("native call (C API, prepared values)", () => binding.Run(native)),
            ("CpuRun.Execute (device)", () => run.Execute()),
            ("EdgeSession.Run", () => session.Run()),
            ("EdgeSession.Run, cancellable", () => session.Run(source.Token)),
            ("EdgeSession.Run, deadline", () => session.Run(TimeSpan.FromMinutes(1))));
    }

    private static MarkdownTable Table(params (string Name, Action Run)[] layers)
    {
        var race = new LayerRace(Batches, RunsPerBatch, [.. layers.Select(layer => layer.Run)]).Run();
        var table = new MarkdownTable("layer", "median ns", "least ns", "over the native call, ns", "ratio", "managed bytes");
        for (var i = 0; i < layers.Length; i++)
        {
            table.Add(
                layers[i].Name, Number(race.Median(i), "F0"), Number(race.Least(i), "F0"), Number(race.MedianOverFirst(i), "F0"),
                Number(race.Median(i) / race.Median(0), "F3"), $"{Allocations.Least(layers[i].Run)}");
        }

        return table;
    }

    private static OrtRunBinding Bind(CpuDevice cpu, CpuExecutable loaded, DeviceBuffer input, DeviceBuffer output)
    {
        var binding = new OrtRunBinding(cpu.Library, loaded.InputNamePointers(), loaded.OutputNamePointers());
        binding.SetInput(0, OrtTensor.Over(cpu.Library, (void*)input.HostAddress, input.ByteCount, DataType.Float32, [4]));
        binding.SetOutput(0, OrtTensor.Over(cpu.Library, (void*)output.HostAddress, output.ByteCount, DataType.Float32, [4]));
        return binding;
    }

    private static MarkdownTable Throughput(string part)
    {
        var table = new MarkdownTable("model", "board", "steps", "lanes", "in flight", "in sequence ms", "one frame ms", "interval ms", "bound ms", "bound / interval", "times faster");
        foreach (var name in Names(part))
        {
            foreach (var set in new[] { DeviceSet.Simulated, Phone })
            {
                Console.Error.WriteLine($"{name} {set.Name}");
                AddRow(table, name, set);
            }
        }

        return table;
    }

    /// <summary>Quantized models: what the accelerators take.</summary>
    private static IEnumerable<string> Names(string part) =>
        BenchmarkModel.Names(part).Where(name => name.Contains("int8", StringComparison.Ordinal) || name.Contains("qdq", StringComparison.Ordinal));

    private static void AddRow(MarkdownTable table, string name, DeviceSet set)
    {
        using var runtime = set.Create();
        using var model = BenchmarkModel.Of(name).Load(runtime);
        if (PlanTimeline.Predict(model.Plan).Lanes.Length < 2 || model.Inputs.Any(input => !input.Type.IsFixedSize()))
        {
            return;
        }

        using var stream = model.OpenStream();
        var (interval, timeline) = Flow(stream, model.Plan, (VirtualClock)runtime.Clock);
        var sequence = timeline.Steps.Sum(step => step.EndSeconds - step.StartSeconds);
        table.Add(
            name, set == Phone ? "phone" : "hub", $"{model.Plan.Steps.Length}", $"{timeline.Lanes.Length}", $"{stream.FramesInFlight}", Milliseconds(sequence), Milliseconds(timeline.MakespanSeconds),
            Milliseconds(interval), Milliseconds(timeline.BottleneckSeconds), Number(timeline.BottleneckSeconds / interval, "F4"), Number(sequence / interval, "F2"));
    }

    private static (double Interval, PlanTimeline Timeline) Flow(FrameStream stream, Plan plan, VirtualClock clock)
    {
        var started = 0.0;
        StreamFrame? last = null;
        for (var read = 0; read < Frames; read++)
        {
            while (stream.TryRent(out var free))
            {
                stream.Submit(free);
            }

            // In virtual time a result is there when it is asked for.
            last = stream.ReadAsync().AsTask().GetAwaiter().GetResult();
            started = read == WarmUpFrames - 1 ? clock.ElapsedSeconds : started;
        }

        return ((clock.ElapsedSeconds - started) / (Frames - WarmUpFrames), PlanTimeline.Simulate(plan, last!.Trace));
    }

    private static string Milliseconds(double seconds) => Number(seconds * 1e3, "F3");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
