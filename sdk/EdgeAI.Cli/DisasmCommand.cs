using System.CommandLine;
using System.Text.Json;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Npu;
using EdgeAI.Runtime;

namespace EdgeAI.Cli;

/// <summary>edgeai disasm: the commands that a model was compiled to.</summary>
internal static class DisasmCommand
{
    private static readonly Option<string?> Device = new("--device") { Description = "Only executables of this device: npu or dsp." };

    public static Command Create()
    {
        var options = new CommonOptions();
        var command = Verb.Create("disasm", "Prints the commands that a model (.onnx) or plan file was compiled to, with the nodes that they come from.", options, parsed => Run(parsed, options));
        options.AddTo(command);
        command.Add(Device);
        return command;
    }

    private static int Run(ParseResult parsed, CommonOptions options)
    {
        var plan = ReadPlan(parsed, options);
        var chosen = plan.Executables.Where(item => parsed.GetValue(Device) is not { } device || plan.Devices[item.Device].Id == device).ToList();
        if (chosen.Count == 0)
        {
            throw new DeviceUnavailableException($"No executable runs on '{parsed.GetValue(Device)}'. The plan uses: {string.Join(", ", plan.Executables.Select(item => plan.Devices[item.Device].Id).Distinct())}.");
        }

        if (parsed.GetValue(options.Json))
        {
            Verb.WriteJson(json => Write(json, plan, chosen));
            return 0;
        }

        foreach (var item in chosen)
        {
            Console.WriteLine($"; {plan.Devices[item.Device].Id}: {item.Executable.Format}, {item.Executable.Code.Length} bytes, {item.Nodes.Length} nodes");
            Console.WriteLine(Disassemble(item.Executable));
        }

        return 0;
    }

    private static void Write(Utf8JsonWriter json, Plan plan, IEnumerable<PlanExecutable> executables)
    {
        json.WriteStartArray("executables");
        foreach (var item in executables)
        {
            json.WriteStartObject();
            json.WriteString("device", plan.Devices[item.Device].Id);
            json.WriteString("format", item.Executable.Format);
            json.WriteNumber("bytes", item.Executable.Code.Length);
            json.WriteStartArray("nodes");
            foreach (var node in item.Nodes)
            {
                json.WriteStringValue(node);
            }

            json.WriteEndArray();
            json.WriteString("text", Disassemble(item.Executable));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static Plan ReadPlan(ParseResult parsed, CommonOptions options)
    {
        var path = parsed.GetValue(options.Model)!;
        if (CommonOptions.IsPlan(path))
        {
            return PlanReader.Read(File.ReadAllBytes(path));
        }

        if (File.Exists(path) && PlanBundle.IsBundleFile(path))
        {
            return PlanBundle.Open(path).Plan;
        }

        using var runtime = options.CreateRuntime(parsed);
        using var model = runtime.Load(options.ModelPath(parsed), options.CreateLoadOptions(parsed, runtime));
        return model.Plan;
    }

    private static string Disassemble(Executable executable) => executable.Format switch
    {
        NpuImage.Format => NpuImage.FromExecutable(executable).Disassemble(executable.SourceMap),
        DspImage.Format => DspImage.Parse(executable.Code.Span).Disassemble(executable.SourceMap),
        _ => $"; an ONNX model with {executable.Constants.Length} constants; its operators are those of the nodes above",
    };
}
