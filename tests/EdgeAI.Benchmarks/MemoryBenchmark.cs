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
        ("runtime-flat", "EdgeRuntime.Load, CPU, session.disable_prepacking, without blocked layouts"),
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

            Reading, verifying and inferring copy no weights: private memory does not grow with the file. The mapped pages are those around
            each tensor's header, of which the system maps many at once when they are cached; they belong to its cache, not to the
            process. What can run takes what ONNX Runtime takes for itself: it reorders the weights of convolutions for blocked layouts
            (the optimization level "layout") and prepacks those of MatMul and Gemm (unless `session.disable_prepacking` forbids it).
            Both are on by default: answers are held equal to ONNX Runtime at its highest level, and runs are faster.

            """;
    }

    private static string Megabytes(long bytes) => (bytes / 1048576.0).ToString("F1", CultureInfo.InvariantCulture);
}
