using System.Globalization;
using System.Text.Json;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Hal.Tests.Npu;

public sealed class NpuReportTests
{
    private static readonly SourceRange[] Map = [new(0, 2, "load"), new(2, 5, "work"), new(5, 8, "store")];

    [Test]
    public void Layers_OfAReport_AddUpToItsTotals()
    {
        var report = Report();
        var total = report.Schedule;
        Assert.Multiple(() =>
        {
            Assert.That(report.Layers.Sum(layer => layer.Timing.ElapsedCycles), Is.EqualTo(total.TotalCycles));
            Assert.That(report.Layers.Sum(layer => layer.Timing.Femtojoules), Is.EqualTo(total.Femtojoules));
            Assert.That(report.Layers.Select(layer => layer.Timing.Cost).Aggregate((left, right) => left + right), Is.EqualTo(total.Cost));
            Assert.That(report.Layers.Max(layer => layer.PeakSramBytes), Is.EqualTo(report.PeakSramBytes));
            for (var engine = 0; engine < NpuEngines.Count; engine++)
            {
                Assert.That(report.Layers.Sum(layer => layer.Timing.BusyCycles[engine]), Is.EqualTo(total.BusyCycles[engine]));
            }
        });
    }

    [Test]
    public void PeakSram_OfCopyTableAndStore_CountsWhatIsHeldTogether()
    {
        // 64 elements and the table of 256 are held until the lookup ends, its 64 results from its start: 384 together; the store holds the results alone.
        var report = Report();
        Assert.That(report.Layers.Where(layer => layer.Timing.Node.Length > 0).Select(layer => (layer.Timing.Node, layer.PeakSramBytes)), Is.EqualTo(new[] { ("load", 320L), ("work", 384L), ("store", 64L) }));
        Assert.That(report.PeakSramBytes, Is.EqualTo(384));
    }

    [Test]
    public void PeakSram_OfALookupInPlace_CountsItsPlaceOnce() =>
        Assert.That(Report(output: 0).PeakSramBytes, Is.EqualTo(64 + 256));

    [Test]
    public void WriteJson_OfAReport_CarriesTheSameNumbers()
    {
        var report = Report();
        using var json = Json(report.WriteJson);
        var layers = json.RootElement.GetProperty("layers").EnumerateArray().ToList();
        Assert.That(json.RootElement.GetProperty("cycles").GetInt64(), Is.EqualTo(report.Schedule.TotalCycles));
        Assert.That(layers.Sum(layer => layer.GetProperty("cycles").GetInt64()), Is.EqualTo(report.Schedule.TotalCycles));
        Assert.That(layers.Sum(layer => layer.GetProperty("femtojoules").GetInt64()), Is.EqualTo(report.Schedule.Femtojoules));
        Assert.That(layers.Select(layer => layer.GetProperty("node").GetString()), Is.EqualTo(report.Layers.Select(layer => layer.Timing.Node)));
    }

    [Test]
    public void WriteTrace_OfAReport_HasAnEventPerTimedCommandAndEndsEmpty()
    {
        var report = Report();
        using var json = Json(report.WriteTrace);
        var events = json.RootElement.GetProperty("traceEvents").EnumerateArray().ToLookup(item => item.GetProperty("ph").GetString());
        Assert.That(events["M"].Count(), Is.EqualTo(NpuEngines.Count));
        Assert.That(events["X"].Sum(item => item.GetProperty("args").GetProperty("cycles").GetInt64()), Is.EqualTo(report.Schedule.BusyCycles.Sum()));
        Assert.That(events["X"].Select(item => item.GetProperty("name").GetString()), Is.SupersetOf(new[] { "load", "work", "store" }));
        Assert.That(events["C"].Max(item => item.GetProperty("args").GetProperty("bytes").GetInt64()), Is.EqualTo(report.PeakSramBytes));
        Assert.That(events["C"].Last().GetProperty("args").GetProperty("bytes").GetInt64(), Is.Zero);
    }

    [Test]
    public void ToString_OfAReport_NamesEveryNode() =>
        Assert.That(Report().ToString(), Does.Contain("load").And.Contain("work").And.Contain("store").And.Contain("384 bytes of SRAM"));

    private static NpuReport Report(int output = 0x40)
    {
        const string Flat = "{0}.height=1 {0}.width=8 {0}.channels=8 {0}.row=64 {0}.pixel=8 {0}.channel=1";
        var stream = Assembler.Parse($"""
            copy@DmaIn source=r3+0x0 destination=r0+0x0 run=64
            copy@DmaIn source=r1+0x0 destination=r0+0x100 run=256
            signal@DmaIn semaphore=0
            wait@Vector semaphore=0 value=1
            table_lookup input=r0+0x0 {string.Format(CultureInfo.InvariantCulture, Flat, "input")} output=r0+0x{output:x} {string.Format(CultureInfo.InvariantCulture, Flat, "output")} table=r0+0x100
            signal@Vector semaphore=1
            wait@DmaOut semaphore=1 value=1
            copy@DmaOut source=r0+0x{output:x} destination=r4+0x0 run=64
            end
            """);
        var writer = new CommandWriter();
        foreach (var command in stream)
        {
            writer.Add(command);
        }

        var image = new NpuImage("edge-1k", 512, 0, [64], [64], writer.Bytes, new byte[256]);
        return NpuReport.Create(image, NpuConfiguration.Edge1k, [.. Map]);
    }

    private static JsonDocument Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return JsonDocument.Parse(stream.ToArray());
    }
}
