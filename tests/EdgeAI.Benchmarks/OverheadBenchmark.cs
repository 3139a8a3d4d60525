using System.Diagnostics;
using System.Globalization;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Cpu.Interop;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>What each layer adds to ONNX Runtime's own Run.</summary>
internal static unsafe class OverheadBenchmark
{
    private const int Batches = 200;
    private const int RunsPerBatch = 2000;

    public static string Run()
    {
        using var cpu = new CpuDevice();
        var bytes = new TinyOnnx().Input("a", DataType.Float32, 4).Input("b", DataType.Float32, 4).Output("y", DataType.Float32, 4)
            .Node("Add", "a b", "sum").Node("Relu", "sum", "y").Build();
        using var file = new TemporaryModel(bytes);
        using var loaded = cpu.Load(new Executable(CpuDevice.Format, new ExecutableSignature([], []), bytes, [], []));
        using var buffer = cpu.Allocate(16);
        using var output = cpu.Allocate(16);
        using var run = loaded.Prepare([new(buffer), new(buffer)], [new(output)]);
        using var binding = Bind(cpu, loaded, buffer, output);
        using var runtime = EdgeRuntime.Create();
        using var model = runtime.Load(file.Path);
        using var session = model.CreateSession();
        var feeds = new[] { EdgeTensor.Of<float>([1, 2, 3, 4], 4), EdgeTensor.Of<float>([1, 2, 3, 4], 4) };
        var native = loaded.Session.Item;
        return Report(cpu,
            ("native call (C API, prepared values)", () => binding.Run(native)),
            ("CpuRun.Execute (device)", () => run.Execute()),
            ("EdgeSession.Run (plan, trace, telemetry)", () => session.Run()),
            ("EdgeModel.Run (tensors in and out, copied)", () => model.Run(feeds)));
    }

    private static string Report(CpuDevice cpu, params (string Layer, Action Run)[] layers)
    {
        var times = layers.Select(_ => new List<double>()).ToArray();
        for (var batch = 0; batch < Batches; batch++)
        {
            for (var i = 0; i < layers.Length; i++)
            {
                times[i].Add(Nanoseconds(layers[i].Run));
            }
        }

        var table = new MarkdownTable("layer", "median ns", "least ns", "over the native call, ns", "managed bytes");
        for (var i = 0; i < layers.Length; i++)
        {
            var (median, least) = (Stopwatches.Median(times[i]), times[i].Min());
            table.Add(layers[i].Layer, Number(median), Number(least), Number(least - times[0].Min()), $"{Allocations.Least(layers[i].Run)}");
        }

        return $"""
            # Overhead of a run

            A model of two nodes (Add, Relu over four floats), {Batches} batches of {RunsPerBatch} runs of each layer in turn, measured with
            `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- overhead` on {Machine.Describe(cpu)}

            {table}

            """;
    }

    private static OrtRunBinding Bind(CpuDevice cpu, CpuExecutable loaded, DeviceBuffer input, DeviceBuffer output)
    {
        var binding = new OrtRunBinding(cpu.Library, loaded.InputNamePointers(), loaded.OutputNamePointers());
        binding.SetInput(0, Tensor(input));
        binding.SetInput(1, Tensor(input));
        binding.SetOutput(0, Tensor(output));
        return binding;

        ValueHandle Tensor(DeviceBuffer buffer) => OrtTensor.Over(cpu.Library, (void*)buffer.HostAddress, buffer.ByteCount, DataType.Float32, [4]);
    }

    private static double Nanoseconds(Action run)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < RunsPerBatch; i++)
        {
            run();
        }

        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / RunsPerBatch;
    }

    private static string Number(double value) => value.ToString("F0", CultureInfo.InvariantCulture);
}
