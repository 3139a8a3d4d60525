using System.CommandLine;

namespace EdgeAI.Cli;

/// <summary>edgeai devices: what is here, and what was looked for and is not usable.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        var options = new CommonOptions();
        var command = Verb.Create("devices", "Lists the devices: what is here, what was looked for and why it is not usable.", options, parsed => Run(parsed, options));
        options.AddBoardTo(command);
        return command;
    }

    private static int Run(ParseResult parsed, CommonOptions options)
    {
        using var runtime = options.CreateRuntime(parsed);
        if (!parsed.GetValue(options.Json))
        {
            Console.Write(runtime.Devices.Describe());
            Console.WriteLine($"board profile '{runtime.Profile.Name}': {runtime.Profile.Description}");
            return 0;
        }

        Verb.WriteJson(json =>
        {
            json.WriteString("profile", runtime.Profile.Name);
            json.WriteStartArray("devices");
            foreach (var finding in runtime.Devices.Findings)
            {
                json.WriteStartObject();
                json.WriteString("id", finding.Id);
                json.WriteString("kind", finding.Kind.ToString());
                json.WriteBoolean("usable", finding.Device is not null);
                json.WriteBoolean("simulated", finding.Device?.Info.IsSimulated ?? false);
                json.WriteString("description", finding.Device?.Info.Description ?? finding.WhyNot);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        return 0;
    }
}
