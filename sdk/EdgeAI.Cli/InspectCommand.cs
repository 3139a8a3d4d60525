using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using EdgeAI.Graph;
using EdgeAI.Onnx;

namespace EdgeAI.Cli;

/// <summary>edgeai inspect: what is in a model, without loading it on a device.</summary>
internal static class InspectCommand
{
    private static readonly Option<bool> Nodes = new("--nodes") { Description = "Prints every node with its types." };

    public static Command Create()
    {
        var options = new CommonOptions();
        var command = Verb.Create("inspect", "Shows inputs, outputs, operators and parameters of a model.", options, parsed => Run(parsed, options));
        command.Add(options.Model);
        command.Add(options.Json);
        command.Add(Nodes);
        return command;
    }

    private static int Run(ParseResult parsed, CommonOptions options)
    {
        var path = options.ModelPath(parsed);
        var model = OnnxReader.Read(path);
        var (format, sets) = (model.IrVersion, model.OpsetImports.ToList());
        ImmutableArray<AppliedUpgrade> upgrades;
        ImmutableArray<InlinedFunction> functions;
        try
        {
            upgrades = ModelUpgrade.Run(model);
            functions = FunctionInlining.Run(model);
            GraphVerifier.Verify(model);
            ShapeInference.Infer(model);
        }
        catch (ModelFormatException error)
        {
            throw error.In(path);
        }

        if (parsed.GetValue(options.Json))
        {
            Verb.WriteJson(json =>
            {
                WriteVersions(json, format, sets);
                Write(json, model);
                WriteChanges(json, upgrades, functions);
            });
        }
        else
        {
            Console.Write(parsed.GetValue(Nodes) ? GraphPrinter.Print(model) : GraphPrinter.Summarize(model));
            if (!upgrades.IsEmpty || sets.Any(set => model.OpsetImports[set.Key] != set.Value))
            {
                Console.WriteLine($"file        format {format}; {string.Join(", ", sets.Select(pair => $"{NameOf(pair.Key)} {pair.Value}"))}");
            }

            foreach (var upgrade in upgrades)
            {
                Console.WriteLine($"upgraded    {upgrade}: {upgrade.Summary}");
            }

            foreach (var function in functions)
            {
                Console.WriteLine($"inlined     {function.Function} ×{function.Calls}");
            }
        }

        return 0;
    }

    private static string NameOf(string domain) => domain.Length == 0 ? "ai.onnx" : domain;

    /// <summary>As the file has them; what follows is the model as it is run.</summary>
    private static void WriteVersions(Utf8JsonWriter json, long format, List<KeyValuePair<string, long>> sets)
    {
        json.WriteNumber("irVersion", format);
        json.WriteStartObject("opsets");
        foreach (var (domain, version) in sets)
        {
            json.WriteNumber(NameOf(domain), version);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Model model)
    {
        json.WriteString("producer", $"{model.ProducerName} {model.ProducerVersion}".Trim());
        WriteValues(json, "inputs", model.Graph.Inputs);
        WriteValues(json, "outputs", model.Graph.Outputs);
        json.WriteNumber("nodes", model.Graph.Nodes.Count);
        json.WriteNumber("constantBytes", model.Graph.Constants.Sum(value => (long)value.Constant!.Data.Length));
        json.WriteStartObject("operators");
        foreach (var group in model.Graph.Nodes.GroupBy(node => node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}").OrderByDescending(group => group.Count()))
        {
            json.WriteNumber(group.Key, group.Count());
        }

        json.WriteEndObject();
    }

    private static void WriteChanges(Utf8JsonWriter json, ImmutableArray<AppliedUpgrade> upgrades, ImmutableArray<InlinedFunction> functions)
    {
        json.WriteStartArray("upgrades");
        foreach (var upgrade in upgrades)
        {
            json.WriteStartObject();
            json.WriteString("rule", upgrade.Rule);
            json.WriteString("summary", upgrade.Summary);
            json.WriteNumber("count", upgrade.Count);
            json.WriteStartArray("nodes");
            foreach (var place in upgrade.Places)
            {
                json.WriteStringValue(place);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("inlinedFunctions");
        foreach (var function in functions)
        {
            json.WriteNumber(function.Function, function.Calls);
        }

        json.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter json, string name, IEnumerable<Value> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStartObject();
            json.WriteString("name", value.Name);
            json.WriteString("type", value.Type?.ToString() ?? "?");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
