using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Hal.Npu;

/// <summary>One graph node in a report.</summary>
/// <param name="Timing">Cycles, traffic and energy; these add up to the report's totals.</param>
/// <param name="PeakSramBytes">The most bytes that SRAM holds while its commands run, those of other nodes included; the largest is the report's.</param>
/// <param name="Utilization">Multiply-accumulates done over those possible while it keeps the MAC array busy; NaN where it does not.</param>
public sealed record NpuLayerReport(NpuLayerTiming Timing, long PeakSramBytes, double Utilization)
{
    /// <summary>The engine that bounds it, or "waiting" where every engine is idle for more than half of its elapsed cycles.</summary>
    public string Bound => 2 * Timing.BusyCycles.Max() < Timing.ElapsedCycles ? "waiting" : NpuReport.EngineNames[(int)Timing.Bound];
}

/// <summary>Where the cycles, bytes and joules of a compiled stream go, node by node: as text, JSON and a timeline for trace viewers.</summary>
public sealed class NpuReport
{
    private readonly ImmutableArray<SourceRange> _sourceMap;
    private readonly SramTimeline _sram;

    private NpuReport(NpuImage image, NpuConfiguration configuration, ImmutableArray<SourceRange> sourceMap)
    {
        var (commands, schedule) = StreamVerifier.Verify(image.Commands, RegionTable.Of(image), configuration);
        (Schedule, _sourceMap, _sram) = (schedule, sourceMap, new SramTimeline(commands, RegionTable.Of(image), schedule));
        var steps = _sram.Steps().ToList();
        PeakSramBytes = steps.Count == 0 ? 0 : steps.Max(step => step.Bytes);
        Layers = [.. schedule.LayersWithCommands(sourceMap).Select(pair => Layer(pair.Timing, pair.Commands, steps))];
    }

    /// <summary>The simulated run.</summary>
    public NpuSchedule Schedule { get; }

    /// <summary>By node, in order of completion.</summary>
    public ImmutableArray<NpuLayerReport> Layers { get; }

    /// <summary>The most bytes that SRAM holds at one time.</summary>
    public long PeakSramBytes { get; }

    internal static ImmutableArray<string> EngineNames { get; } = ["dma-in", "dma-out", "mac", "vector"];

    /// <summary>The report of an image under a configuration that it fits.</summary>
    /// <exception cref="ExecutableFormatException">The stream must not run; the message says why.</exception>
    public static NpuReport Create(NpuImage image, NpuConfiguration configuration, ImmutableArray<SourceRange> sourceMap)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(configuration);
        return new(image, configuration, sourceMap);
    }

    /// <summary>A table by node under a line of totals.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var total = Schedule;
        text.Append(CultureInfo.InvariantCulture, $"{total.Configuration}\n{total.TotalCycles} cycles, {total.TotalSeconds * 1e3:f3} ms, {total.EnergyJoules * 1e6:f1} µJ, {100 * total.Utilization:f1} % of the MACs, {PeakSramBytes} bytes of SRAM at most, {total.Cost.DramBytes} bytes of DRAM traffic\n");
        text.Append("   elapsed        mac     vector     dma-in    dma-out   util %   sram-bytes  dram-bytes        nJ  bound    node\n");
        foreach (var layer in Layers)
        {
            var (timing, busy) = (layer.Timing, layer.Timing.BusyCycles);
            var utilization = double.IsNaN(layer.Utilization) ? "-" : (100 * layer.Utilization).ToString("f1", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{timing.ElapsedCycles,10} {busy[2],10} {busy[3],10} {busy[0],10} {busy[1],10} {utilization,8} {layer.PeakSramBytes,12} {timing.Cost.DramBytes,11} {timing.Femtojoules * 1e-6,9:f1}  {layer.Bound,-7}  {(timing.Node.Length == 0 ? "(no node)" : timing.Node)}\n");
        }

        return text.ToString();
    }

    /// <summary>Writes the members of an object: the machine, totals, layers.</summary>
    public void WriteJson(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteString("configuration", Schedule.Configuration.Name);
        json.WriteNumber("clockHertz", Schedule.Configuration.ClockHertz);
        Write(json, Schedule.TotalCycles, Schedule.BusyCycles, Schedule.Cost, Schedule.Femtojoules, PeakSramBytes, Schedule.Utilization);
        json.WriteStartArray("layers");
        foreach (var layer in Layers)
        {
            json.WriteStartObject();
            json.WriteString("node", layer.Timing.Node);
            json.WriteString("bound", layer.Bound);
            Write(json, layer.Timing.ElapsedCycles, layer.Timing.BusyCycles, layer.Timing.Cost, layer.Timing.Femtojoules, layer.PeakSramBytes, layer.Utilization);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes the members of an object in Chrome's trace event format: a row per engine, and the bytes held in SRAM. Times are in microseconds.</summary>
    public void WriteTrace(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteString("displayTimeUnit", "ns");
        json.WriteStartArray("traceEvents");
        for (var engine = 0; engine < EngineNames.Length; engine++)
        {
            StartEvent(json, "thread_name", "M", 0, engine);
            json.WriteStartObject("args");
            json.WriteString("name", EngineNames[engine]);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        var nodes = Schedule.NodeOfCommand(_sourceMap);
        foreach (var command in Schedule.Commands.Where(command => command.End > command.Start))
        {
            StartEvent(json, nodes[command.Index].Length == 0 ? command.Mnemonic : nodes[command.Index], "X", command.Start, (int)command.Engine);
            json.WriteString("cat", command.Mnemonic);
            json.WriteNumber("dur", Microseconds(command.End - command.Start));
            json.WriteStartObject("args");
            json.WriteNumber("command", command.Index);
            json.WriteNumber("cycles", command.End - command.Start);
            WriteTraffic(json, command.Cost);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        foreach (var (cycle, bytes) in _sram.Steps())
        {
            StartEvent(json, "SRAM", "C", cycle, 0);
            json.WriteStartObject("args");
            json.WriteNumber("bytes", bytes);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private NpuLayerReport Layer(NpuLayerTiming timing, ImmutableArray<NpuCommandTiming> commands, List<(long Cycle, long Bytes)> steps)
    {
        var (start, end) = (commands.Min(command => command.Start), commands.Max(command => command.End));
        var before = steps.FindLastIndex(step => step.Cycle <= start);
        var peak = steps.Skip(Math.Max(0, before)).TakeWhile(step => step.Cycle < end).Select(step => step.Bytes).DefaultIfEmpty().Max();
        var possible = (double)timing.BusyCycles[(int)NpuEngine.Mac] * Schedule.Configuration.MacsPerCycle;
        return new(timing, peak, possible == 0 ? double.NaN : timing.Cost.Macs / possible);
    }

    private static void Write(Utf8JsonWriter json, long cycles, ImmutableArray<long> busy, NpuCost cost, long femtojoules, long peakSramBytes, double utilization)
    {
        json.WriteNumber("cycles", cycles);
        json.WriteStartObject("busyCycles");
        for (var engine = 0; engine < busy.Length; engine++)
        {
            json.WriteNumber(EngineNames[engine], busy[engine]);
        }

        json.WriteEndObject();
        WriteTraffic(json, cost);
        json.WriteNumber("femtojoules", femtojoules);
        json.WriteNumber("peakSramBytes", peakSramBytes);
        if (!double.IsNaN(utilization))
        {
            json.WriteNumber("utilization", utilization);
        }
    }

    private static void WriteTraffic(Utf8JsonWriter json, NpuCost cost)
    {
        json.WriteNumber("macs", cost.Macs);
        json.WriteNumber("vectorSteps", cost.VectorSteps);
        json.WriteNumber("sramBytes", cost.SramBytes);
        json.WriteNumber("dramBytes", cost.DramBytes);
    }

    private void StartEvent(Utf8JsonWriter json, string name, string phase, long cycle, int engine)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("ph", phase);
        json.WriteNumber("ts", Microseconds(cycle));
        json.WriteNumber("pid", 0);
        json.WriteNumber("tid", engine);
    }

    private double Microseconds(long cycles) => cycles * 1e6 / Schedule.Configuration.ClockHertz;
}
