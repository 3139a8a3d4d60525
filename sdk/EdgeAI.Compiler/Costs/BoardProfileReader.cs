using System.Collections.Immutable;
using System.Text.Json;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Costs;

/// <summary>Reads board profiles; each wrong or missing property is named.</summary>
internal static class BoardProfileReader
{
    public static BoardProfile Read(Stream json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Profile(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new ExecutableFormatException($"Board profile: not JSON: {error.Message}", error);
        }
    }

    private static BoardProfile Profile(JsonElement root) => new(
        Text(root, "name") ?? throw Missing("name"),
        Text(root, "description") ?? "",
        Cpu(Property(root, "cpu")),
        Text(root, "npu"),
        Text(root, "dsp"),
        Property(root, "launchSeconds").EnumerateObject().ToImmutableDictionary(item => item.Name, item => Positive(item.Value, item.Name)),
        Property(root, "links").EnumerateObject().ToImmutableDictionary(item => item.Name, item => Link(item.Value)));

    private static CpuProfile Cpu(JsonElement cpu) => new(
        Number(cpu, "floatMacsPerSecond"), Number(cpu, "integerMacsPerSecond"), Number(cpu, "elementsPerSecond"),
        Number(cpu, "memoryBytesPerSecond"), Number(cpu, "nodeSeconds"), Number(cpu, "activeWatts"));

    private static LinkProfile Link(JsonElement link) =>
        new(Number(link, "bytesPerSecond"), Number(link, "latencySeconds"), Number(link, "joulesPerByte"));

    private static JsonElement Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : throw Missing(name);

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    private static double Number(JsonElement element, string name) => Positive(Property(element, name), name);

    private static double Positive(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and < 1e18 and var number ? number
        : throw new ExecutableFormatException($"Board profile: '{name}' is {value}; expected a number of at least 0.");

    private static ExecutableFormatException Missing(string name) => new($"Board profile: property '{name}' is missing.");
}
