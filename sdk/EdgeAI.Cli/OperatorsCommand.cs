using System.CommandLine;
using System.Globalization;
using System.Text;
using EdgeAI.Compiler;

namespace EdgeAI.Cli;

/// <summary>edgeai operators: which operators are known, which device has them, and what it asks. Its output is docs/operators.md.</summary>
internal static class OperatorsCommand
{
    public static Command Create()
    {
        var options = new CommonOptions();
        var device = new Option<string?>("--device") { Description = "Only operators that this accelerator has (npu, dsp)." };
        device.AcceptOnlyFromAmong([.. OperatorCoverage.Conditions.Select(row => row.Device)]);
        var command = Verb.Create("operators", "Lists the operators: versions, the devices that have them, and what these ask (as a Markdown page).", options, parsed => Run(parsed, options, device));
        command.Options.Add(device);
        command.Options.Add(options.Json);
        return command;
    }

    private static int Run(ParseResult parsed, CommonOptions options, Option<string?> device)
    {
        var wanted = parsed.GetValue(device);
        var rows = OperatorCoverage.All().Where(row => wanted is null || row.Devices.Contains(wanted)).ToList();
        if (parsed.GetValue(options.Json))
        {
            WriteJson(rows);
        }
        else
        {
            Console.Write(Page(rows));
        }

        return 0;
    }

    private static string Page(List<OperatorCoverage> rows)
    {
        var text = new StringBuilder();
        text.Append("# Operators\n\nWritten by `edgeai operators` from the tables in the code; a test fails when this page is stale.\n\n");
        text.Append("- **since**: versions of the operator set that changed the operator; a model may ask for any version between them.\n");
        text.Append("- **CPU**: what no accelerator takes is given to ONNX Runtime 1.30. *yes*: its published list of kernels, or its results on ONNX's node cases,\n");
        text.Append("  say that it has the operator, perhaps not for every version and element type; then it says so at loading. *no kernel*: it refuses the\n");
        text.Append("  operator as not implemented, which a test asks from the library.\n");
        text.Append("- **NPU**, **DSP**: *yes* where the device has the operator, under the conditions below. *–*: it has not; the reason that `plan` gives is *operator*.\n\n");
        text.Append("Operators that are not here are carried as they are and given to the CPU. `edgeai plan` names for every unit of a model the condition that refused it, and why.\n");
        foreach (var (device, conditions) in OperatorCoverage.Conditions)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## What the {device.ToUpperInvariant()} asks, in order\n\n| condition | what it asks |\n|---|---|\n");
            foreach (var condition in conditions)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {condition.Name} | {(condition.Name == "operator" ? "An operator with *yes* in its column" : condition.Description)} |\n");
            }
        }

        foreach (var domain in rows.GroupBy(row => row.Domain))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {domain.Key}: {domain.Count()} operators{Counts(domain)}\n\n| operator | since | CPU | NPU | DSP |\n|---|---|---|---|---|\n");
            foreach (var row in domain)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {row.Name} | {string.Join(", ", row.Since)} | {Cell(row, "cpu", "no kernel")} | {Cell(row, "npu", "–")} | {Cell(row, "dsp", "–")} |\n");
            }
        }

        return text.ToString();
    }

    private static string Cell(OperatorCoverage row, string device, string otherwise) => row.Devices.Contains(device) ? "yes" : otherwise;

    private static string Counts(IEnumerable<OperatorCoverage> rows) =>
        string.Concat(OperatorCoverage.Conditions.Select(pair => $", {rows.Count(row => row.Devices.Contains(pair.Device))} on the {pair.Device.ToUpperInvariant()}"));

    private static void WriteJson(List<OperatorCoverage> rows) => Verb.WriteJson(json =>
    {
        json.WriteStartObject("conditions");
        foreach (var (device, conditions) in OperatorCoverage.Conditions)
        {
            json.WriteStartObject(device);
            foreach (var condition in conditions)
            {
                json.WriteString(condition.Name, condition.Description);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("operators");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("domain", row.Domain);
            json.WriteString("name", row.Name);
            json.WriteStartArray("since");
            foreach (var version in row.Since)
            {
                json.WriteNumberValue(version);
            }

            json.WriteEndArray();
            json.WriteStartArray("devices");
            foreach (var device in row.Devices)
            {
                json.WriteStringValue(device);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
