using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Cli;

/// <summary>edgeai npu: where a model's cycles go on an NPU of any size, and what more of something would buy.</summary>
internal static class NpuCommand
{
    private static readonly Option<string> Preset = new("--config")
    {
        Description = $"NPU to start from: {string.Join(", ", NpuConfiguration.Presets.Concat(NpuConfiguration.References).Select(preset => preset.Name))}.",
        DefaultValueFactory = _ => NpuConfiguration.Edge1k.Name,
    };

    private static readonly Option<long?> Sram = new("--sram") { Description = "SRAM: bytes, or with KiB or MiB.", CustomParser = ParseBytes };
    private static readonly Option<int?> Rows = new("--rows") { Description = "Rows of the MAC array: reduction elements per cycle." };
    private static readonly Option<int?> Columns = new("--columns") { Description = "Columns of the MAC array: output channels per cycle." };
    private static readonly Option<int?> Bandwidth = new("--bandwidth") { Description = "Bytes per cycle to and from DRAM." };
    private static readonly Option<int?> Lanes = new("--lanes") { Description = "Elements per cycle of the vector unit." };
    private static readonly Option<bool> NoWhatIf = new("--no-what-if") { Description = "Leaves out what more SRAM, bandwidth, MACs or lanes would buy: five compilations less." };
    private static readonly Option<string?> Trace = new("--trace") { Description = "Writes a timeline in Chrome's trace event format to this file (for chrome://tracing or Perfetto)." };

    public static Command Create()
    {
        var options = new CommonOptions();
        var command = Verb.Create("npu", """
            Shows where a model's cycles, bytes and joules go on a simulated NPU, what bounds each layer, and what more SRAM, bandwidth, MACs or
            vector lanes would buy. Every operator that the NPU can take is placed on it; the CPU's time is not counted.

            Examples:
              edgeai npu keyword.onnx
              edgeai npu keyword.onnx --config edge-1k --sram 512KiB --rows 16 --json
              edgeai npu keyword.onnx --no-what-if --trace keyword.trace.json
            """, options, parsed => Run(parsed, options));
        command.Add(options.Model);
        command.Add(options.Dimensions);
        command.Add(options.Json);
        foreach (var option in (Option[])[Preset, Sram, Rows, Columns, Bandwidth, Lanes, NoWhatIf, Trace])
        {
            command.Add(option);
        }

        return command;
    }

    private static int Run(ParseResult parsed, CommonOptions options)
    {
        var study = new NpuStudy(options.ModelPath(parsed), options.CreateLoadOptions(parsed));
        var configuration = Configuration(parsed);
        var reports = study.Compile(configuration);
        if (reports.Count == 0)
        {
            throw new DeviceUnavailableException($"No operator of this model can run on {configuration.Name}; 'edgeai plan' says why. The NPU takes 8-bit networks.");
        }

        if (parsed.GetValue(Trace) is { } path)
        {
            WriteTrace(path, reports);
        }

        var offers = parsed.GetValue(NoWhatIf) ? [] : study.Offers(configuration, NpuStudy.Cycles(reports));
        if (parsed.GetValue(options.Json))
        {
            Verb.WriteJson(json => Write(json, reports, offers));
            return 0;
        }

        Print(reports, offers);
        return 0;
    }

    private static NpuConfiguration Configuration(ParseResult parsed)
    {
        var preset = NpuConfiguration.ByName(parsed.GetValue(Preset)!);
        var bandwidth = parsed.GetValue(Bandwidth) ?? preset.DramBytesPerCycle;
        return NpuStudy.Checked(preset with
        {
            SramBytes = parsed.GetValue(Sram) ?? preset.SramBytes,
            Rows = parsed.GetValue(Rows) ?? preset.Rows,
            Columns = parsed.GetValue(Columns) ?? preset.Columns,
            VectorLanes = parsed.GetValue(Lanes) ?? preset.VectorLanes,
            DramBytesPerCycle = bandwidth,
            DramBurstBytes = NpuStudy.BurstFor(preset, bandwidth),
        });
    }

    private static void Print(IReadOnlyList<NpuReport> reports, IReadOnlyList<NpuOffer> offers)
    {
        foreach (var report in reports)
        {
            Console.WriteLine(report);
        }

        if (reports.Count > 1)
        {
            Console.WriteLine($"{reports.Count} segments together: {NpuStudy.Cycles(reports)} cycles\n");
        }

        foreach (var offer in offers)
        {
            Console.WriteLine(offer);
        }
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<NpuReport> reports, IReadOnlyList<NpuOffer> offers)
    {
        json.WriteNumber("cycles", NpuStudy.Cycles(reports));
        json.WriteStartArray("segments");
        foreach (var report in reports)
        {
            json.WriteStartObject();
            report.WriteJson(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("whatIf");
        foreach (var offer in offers)
        {
            json.WriteStartObject();
            json.WriteString("change", offer.Change);
            json.WriteNumber("cycles", offer.Cycles);
            json.WriteNumber("baseCycles", offer.BaseCycles);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTrace(string path, IReadOnlyList<NpuReport> reports)
    {
        for (var i = 0; i < reports.Count; i++)
        {
            using var stream = File.Create(i == 0 ? path : Path.ChangeExtension(path, $".{i + 1}{Path.GetExtension(path)}"));
            using var json = new Utf8JsonWriter(stream);
            json.WriteStartObject();
            reports[i].WriteTrace(json);
            json.WriteEndObject();
        }
    }

    private static long? ParseBytes(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        var (digits, unit) = text switch
        {
            _ when text.EndsWith("KiB", StringComparison.OrdinalIgnoreCase) => (text[..^3], 1L << 10),
            _ when text.EndsWith("MiB", StringComparison.OrdinalIgnoreCase) => (text[..^3], 1L << 20),
            _ => (text, 1L),
        };
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1L << 31)
        {
            return number * unit;
        }

        result.AddError($"--sram {text}: expected bytes, or a number with KiB or MiB, like 512KiB.");
        return null;
    }
}
