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
        Items(root, "launchSeconds").ToImmutableDictionary(item => item.Name, item => NotNegative(item.Value, item.Name)),
        Items(root, "links").ToImmutableDictionary(item => item.Name, item => Link(item.Value)));

    private static CpuProfile Cpu(JsonElement cpu) => new(
        Rate(cpu, "floatMacsPerSecond"), Rate(cpu, "integerMacsPerSecond"), Rate(cpu, "elementsPerSecond"),
        Rate(cpu, "memoryBytesPerSecond"), Number(cpu, "nodeSeconds"), Number(cpu, "activeWatts"));

    private static LinkProfile Link(JsonElement link) =>
        new(Rate(link, "bytesPerSecond"), Number(link, "latencySeconds"), Number(link, "joulesPerByte"));

    /// <summary>The properties of an object; of several of one name the first.</summary>
    private static IEnumerable<JsonProperty> Items(JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.Object } items ? items.EnumerateObject().DistinctBy(item => item.Name)
        : throw new ExecutableFormatException($"Board profile: '{name}' is {Property(element, name).ValueKind}; expected an object of device ids.");

    private static JsonElement Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : throw Missing(name);

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    private static double Number(JsonElement element, string name) => NotNegative(Property(element, name), name);

    /// <summary>What times are divided by.</summary>
    private static double Rate(JsonElement element, string name) =>
        Number(element, name) is > 0 and var rate ? rate
        : throw new ExecutableFormatException($"Board profile: '{name}' is 0; expected more than 0.");

    private static double NotNegative(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and < 1e18 and var number ? number
        : throw new ExecutableFormatException($"Board profile: '{name}' is {value}; expected a number of at least 0.");

    private static ExecutableFormatException Missing(string name) => new($"Board profile: property '{name}' is missing.");
}
