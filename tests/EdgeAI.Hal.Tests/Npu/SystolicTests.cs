using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;
using EdgeAI.Testing;

namespace EdgeAI.Hal.Tests.Npu;

/// <summary>The systolic references against SCALE-Sim v3's cycles, layer by layer.</summary>
public sealed class SystolicTests
{
    private static readonly string[] Networks = ["alexnet", "mobilenet", "resnet50_unique"];

    [Test]
    public void Convolution_EveryLayerOfScaleSim_TakesItsCycles()
    {
        var layers = 0;
        foreach (var (network, size, dataflow) in from network in Networks from size in new[] { 16, 32 } from dataflow in new[] { "os", "ws" } select (network, size, dataflow))
        {
            var machine = NpuConfiguration.ByName($"systolic-{size}x{size}-{dataflow}");
            foreach (var (name, pixels, reduction, filters, cycles) in Layers(network, $"{network}_{size}x{size}_{dataflow}.csv"))
            {
                var cost = Timing.Convolution(machine, pixels, reduction, filters);
                Assert.That(cost.Cycles, Is.EqualTo(cycles), $"{network} {name} on {machine.Name}");
                Assert.That(cost.Macs, Is.EqualTo(pixels * reduction * filters));
                layers++;
            }
        }

        Assert.That(layers, Is.EqualTo(212));
    }

    [Test]
    public void MatrixProduct_InAStream_IsCountedByTheSameForm()
    {
        // 5 rows × 7 × 3 on 4 × 4. Outputs stay: 2 folds of 7 + 4 + 4 − 2 cycles, less one; weights stay: 2 folds of 5 + 8 + 4 − 2, less one.
        Assert.That(Cycles(MacDataflow.SystolicOutputs), Is.EqualTo((2 * 13) - 1));
        Assert.That(Cycles(MacDataflow.SystolicWeights), Is.EqualTo((2 * 15) - 1));

        static long Cycles(MacDataflow dataflow) =>
            Timing.Predict(Assembler.Parse("matrix_multiply count=5 depth=7 outputs=3\nend"), NpuConfiguration.Systolic(4, 4, dataflow)).TotalCycles;
    }

    /// <summary>Name, output pixels, reduction, filters of each layer, and SCALE-Sim's cycles without the first loads from memory.</summary>
    private static IEnumerable<(string Name, long Pixels, long Reduction, long Filters, long Cycles)> Layers(string network, string results)
    {
        var rows = CsvTable.Read(SharedData.Path("benchmarks", "scalesim", results)).ToList();
        if (rows[0].ContainsKey("fh"))
        {
            return rows.Select(row => Layer(row["layer"], row, ["H", "W", "fh", "fw", "C", "M", "S"], row.Number("total_cycles")));
        }

        var topology = CsvTable.Read(SharedData.Path("benchmarks", "scalesim", $"topology_{network}.csv"));
        string[] columns = ["IFMAP Height", "IFMAP Width", "Filter Height", "Filter Width", "Channels", "Num Filter", "Strides"];
        return topology.Zip(rows, (layer, row) => Layer(layer["Layer name"], layer, columns, row.Number("Total Cycles")));
    }

    private static (string Name, long Pixels, long Reduction, long Filters, long Cycles) Layer(string name, IReadOnlyDictionary<string, string> row, string[] columns, long cycles)
    {
        var (height, width, filterHeight, filterWidth) = (row.Number(columns[0]), row.Number(columns[1]), row.Number(columns[2]), row.Number(columns[3]));
        var stride = row.Number(columns[6]);
        var pixels = Steps(height - filterHeight, stride) * Steps(width - filterWidth, stride);
        return (name, pixels, filterHeight * filterWidth * row.Number(columns[4]), row.Number(columns[5]), cycles);
    }

    private static long Steps(long room, long stride) => (room + stride + stride - 1) / stride;
}
