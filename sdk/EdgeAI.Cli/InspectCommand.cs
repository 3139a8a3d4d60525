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
        try
        {
            GraphVerifier.Verify(model);
            ShapeInference.Infer(model);
        }
        catch (ModelFormatException error)
        {
            throw error.In(path);
        }

        if (parsed.GetValue(options.Json))
        {
            Verb.WriteJson(json => Write(json, model));
        }
        else
        {
            Console.Write(parsed.GetValue(Nodes) ? GraphPrinter.Print(model) : GraphPrinter.Summarize(model));
        }

        return 0;
    }

    private static void Write(Utf8JsonWriter json, Model model)
    {
        json.WriteNumber("irVersion", model.IrVersion);
        json.WriteString("producer", $"{model.ProducerName} {model.ProducerVersion}".Trim());
        json.WriteStartObject("opsets");
        foreach (var (domain, version) in model.OpsetImports)
        {
            json.WriteNumber(domain.Length == 0 ? "ai.onnx" : domain, version);
        }

        json.WriteEndObject();
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
