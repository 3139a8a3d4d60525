using System.CommandLine;
using System.Text;
using System.Text.Json;
using EdgeAI.Hal;

namespace EdgeAI.Cli;

/// <summary>How every verb runs: errors that are reported on purpose become one line and exit code 2.</summary>
internal static class Verb
{
    public const int BadInput = 2;

    public static Command Create(string name, string description, CommonOptions options, Func<ParseResult, int> action)
    {
        var command = new Command(name, description);
        command.SetAction(parsed => Guard(parsed, options, action));
        return command;
    }

    /// <summary>Writes a JSON object to the standard output.</summary>
    public static void WriteJson(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        Console.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }

    /// <summary>A number, or null where it is not known.</summary>
    public static void WriteNumberOrNull(this Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static int Guard(ParseResult parsed, CommonOptions options, Func<ParseResult, int> action)
    {
        try
        {
            return action(parsed);
        }
        catch (Exception error) when (error is EdgeException or IOException or UnauthorizedAccessException)
        {
            if (parsed.GetValue(options.Json))
            {
                WriteJson(json =>
                {
                    json.WriteString("error", error.Message);
                    json.WriteString("kind", error.GetType().Name);
                });
            }

            Console.Error.WriteLine($"edgeai: {error.Message}");
            return BadInput;
        }
    }
}
