using System.CommandLine;
using System.Text;
using System.Text.Json;
using EdgeAI.Hal;

namespace EdgeAI.Cli;

/// <summary>How every verb runs: errors that are reported on purpose become one line and exit code 2.</summary>
internal static class Verb
{
    public const int BadInput = 2;

    /// <summary>Something got worse than was agreed.</summary>
    public const int Worse = 3;

    /// <summary>What shells use for a program that was interrupted.</summary>
    public const int Cancelled = 130;

    public static Command Create(string name, string description, CommonOptions options, Func<ParseResult, int> action)
    {
        var command = new Command(name, description);
        command.SetAction(parsed => Guard(parsed, options, action));
        return command;
    }

    /// <summary>Writes a JSON object to the standard output.</summary>
    public static void WriteJson(Action<Utf8JsonWriter> write) => Console.WriteLine(ToJson(write));

    /// <summary>A JSON object as text.</summary>
    public static string ToJson(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
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

    /// <summary>A token that Ctrl-C cancels, while the action runs.</summary>
    public static int Cancellable(Func<CancellationToken, int> action)
    {
        using var source = new CancellationTokenSource();
        void Cancel(object? sender, ConsoleCancelEventArgs key)
        {
            key.Cancel = true;
            source.Cancel();
        }

        Console.CancelKeyPress += Cancel;
        try
        {
            return action(source.Token);
        }
        finally
        {
            Console.CancelKeyPress -= Cancel;
        }
    }

    private static int Guard(ParseResult parsed, CommonOptions options, Func<ParseResult, int> action)
    {
        try
        {
            return action(parsed);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("edgeai: cancelled; nothing was written.");
            return Cancelled;
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

            Console.Error.WriteLine($"edgeai: {Printable(error.Message)}");
            return BadInput;
        }
    }

    /// <summary>Names come from files: a terminal must not obey them.</summary>
    private static string Printable(string text) => string.Concat(text.Select(letter => char.IsControl(letter) && letter != '\n' ? '?' : letter));
}
