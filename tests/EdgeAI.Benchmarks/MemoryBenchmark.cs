using System.Globalization;
using EdgeAI.Hal.Cpu;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>What memory a model of 100 MB takes until it can run, here and in ONNX Runtime.</summary>
internal static class MemoryBenchmark
{
    private static readonly (string What, string Label)[] Ways =
    [
        ("door", "read, verify, infer"),
        ("runtime", "EdgeRuntime.Load, CPU"),
        ("runtime-plain", "EdgeRuntime.Load, CPU, session.disable_prepacking"),
        ("session", "ONNX Runtime, CreateSession(path)"),
        ("session-bytes", "ONNX Runtime, CreateSessionFromArray(bytes)"),
    ];

    public static string Run()
    {
        using var files = new ModelFiles();
        using var cpu = new CpuDevice();
        var warmUp = files.Write(Zoo.Find("resnet8"));
        var table = new MarkdownTable("model", "file MB", "way", "private MB", "mapped file MB", "peak MB");
        foreach (var network in new[] { "resnet50", "vit_tiny" }.Select(Zoo.Find))
        {
            var path = files.Write(network);
            foreach (var (what, label) in Ways)
            {
                var growth = Probe.Start(what, path, warmUp)!;
                table.Add(network.Name, Megabytes(new FileInfo(path).Length), label, Megabytes(growth.Anonymous), Megabytes(growth.File), Megabytes(growth.Peak));
            }
        }

        return $"""
            # Memory of a large model

            Growth over a process that has loaded a small model the same way before (code and libraries are there), each in a process of
            its own, measured with `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- memory` on {Machine.Describe(cpu)}

            - *private*: RssAnon after the load, what nobody else can use; *mapped file*: RssFile, pages of the model's file that were touched,
              which the system takes back when it needs memory; *peak*: VmHWM, the most of both together while it lasted.

            {table}

            Reading, verifying and inferring touch no weights: neither private memory nor mapped pages grow with the file. What a run
            takes is bounded by ONNX Runtime: it prepacks the weights of MatMul, Gemm and Conv into memory of its own, unless
            `session.disable_prepacking` forbids it; then weights are read in place from the mapped file.

            """;
    }

    private static string Megabytes(long bytes) => (bytes / 1048576.0).ToString("F1", CultureInfo.InvariantCulture);
}
