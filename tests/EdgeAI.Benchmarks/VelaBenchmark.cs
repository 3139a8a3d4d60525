using System.Globalization;
using EdgeAI.Compiler;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal.Npu;
using EdgeAI.Onnx;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>Whole-network cycles and memory under parameters like Ethos-U55's, beside Vela's estimates.</summary>
internal static class VelaBenchmark
{
    private const long Unlimited = 8 << 20;

    private static readonly (string Name, string Vela, Func<byte[]> Model)[] Networks =
    [
        ("MobileNet v1 0.25 128", "coral_mobilenet_v1_0.25_128_quant", () => Int8(OnnxWriter.ToBytes(Zoo.MobileNetV1(128, 0.25, 1001)))),
        ("MobileNet v1 0.5 160", "coral_mobilenet_v1_0.5_160_quant", () => Int8(OnnxWriter.ToBytes(Zoo.MobileNetV1(160, 0.5, 1001)))),
        ("MobileNet v2 1.0 224", "coral_mobilenet_v2_1.0_224_quant", () => Int8(OnnxWriter.ToBytes(Zoo.MobileNetV2(classes: 1001)))),
        ("ResNet-8 (MLPerf Tiny)", "mlperftiny_resnet8_int8", () => Zoo.Find("resnet8").Int8Bytes),
        ("DS-CNN key words (MLPerf Tiny)", "mlperftiny_kws_dscnn_int8", () => Zoo.Find("dscnn_kws").Int8Bytes),
        ("MobileNet v1 0.25 96 (MLPerf Tiny)", "mlperftiny_vww96_int8", () => Zoo.Find("mobilenet_v1_025_96").Int8Bytes),
        ("autoencoder (MLPerf Tiny)", "mlperftiny_ad01_int8", () => Zoo.Find("autoencoder_ad").Int8Bytes),
    ];

    public static string Run()
    {
        var rows = CsvTable.Read(SharedData.Path("benchmarks", "vela", "SUMMARY.csv")).ToDictionary(row => (row["tag"], row["model"]));
        return $"""
            # Networks under parameters like Ethos-U55's, beside Vela 3.10

            Written by `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- vela`. Both sides are estimates of a compiler's own model;
            what they count differently, and why: [docs/npu/vela.md](../npu/vela.md). Ours are the configurations `u55-128-like` and
            `u55-256-like`, the networks from the zoo with seeded weights; everything runs on the NPU but what the column *on CPU* names. *Vela's NPU* is the part of its
            cycles that its NPU alone would need.

            ## 128 MACs, 384 KiB of SRAM

            {Table(NpuConfiguration.U55Like128, "u55-128", rows)}

            ## 128 MACs, SRAM without limit

            {Table(NpuConfiguration.U55Like128 with { SramBytes = Unlimited }, "u55-128_perf_unlimited", rows)}

            ## 256 MACs, 384 KiB of SRAM

            {Table(NpuConfiguration.U55Like256, "u55-256", rows)}

            ## 256 MACs, SRAM without limit

            {Table(NpuConfiguration.U55Like256 with { SramBytes = Unlimited }, "u55-256_perf_unlimited", rows)}

            """;
    }

    private static MarkdownTable Table(NpuConfiguration configuration, string tag, Dictionary<(string, string), IReadOnlyDictionary<string, string>> rows)
    {
        var table = new MarkdownTable("network", "MMAC", "Vela's", "cycles", "Vela's", "ratio", "mac busy", "Vela's NPU", "dma-in busy", "vector busy", "SRAM KiB", "Vela's", "DRAM KiB", "Vela's flash", "on CPU");
        foreach (var (name, vela, model) in Networks)
        {
            if (!rows.TryGetValue((tag, vela), out var theirs))
            {
                continue;
            }

            Console.Error.WriteLine($"{tag}: {name}");
            var (reports, onCpu) = Compile(configuration, model());
            var cycles = reports.Sum(report => report.Schedule.TotalCycles);
            table.Add(
                name, Million(reports.Sum(report => report.Schedule.Cost.Macs)), Million(Number(theirs, "nn_macs")),
                Text(cycles), Text(Number(theirs, "cycles_total")), (cycles / Number(theirs, "cycles_total")).ToString("F2", CultureInfo.InvariantCulture),
                Busy(reports, NpuEngine.Mac), Text(Number(theirs, "cycles_npu")), Busy(reports, NpuEngine.DmaIn), Busy(reports, NpuEngine.Vector),
                Kibi(reports.Max(report => report.PeakSramBytes)), theirs["sram_KiB"], Kibi(reports.Sum(report => report.Schedule.Cost.DramBytes)), Kibi(Number(theirs, "flash_total_B")), onCpu);
        }

        return table;
    }

    private static byte[] Int8(byte[] bytes) => OnnxWriter.ToBytes(Zoo.Int8(bytes));

    private static (IReadOnlyList<NpuReport> Reports, string OnCpu) Compile(NpuConfiguration configuration, byte[] bytes)
    {
        using var runtime = EdgeRuntime.Create(devices => devices.AddCpu().AddNpu(new SimulatedNpu(configuration)).UseProfile(BoardProfile.Default.AcceleratorsFirst()));
        using var file = new TemporaryModel(bytes);
        using var model = runtime.Load(file.Path);
        var reports = model.Plan.Executables.Where(item => item.Executable.Format == NpuImage.Format)
            .Select(item => NpuReport.Create(NpuImage.FromExecutable(item.Executable), configuration, item.Executable.SourceMap)).ToList();
        return (reports, string.Join(", ", model.Plan.Report.Operators.Where(row => row.Device == "cpu").Select(row => row.Operator)));
    }

    private static string Busy(IReadOnlyList<NpuReport> reports, NpuEngine engine) => Text(reports.Sum(report => report.Schedule.BusyCycles[(int)engine]));

    private static double Number(IReadOnlyDictionary<string, string> row, string column) => double.Parse(row[column], CultureInfo.InvariantCulture);

    private static string Million(double number) => (number / 1e6).ToString("F2", CultureInfo.InvariantCulture);

    private static string Kibi(double bytes) => (bytes / 1024).ToString("F1", CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
