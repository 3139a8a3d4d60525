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

    private static BoardProfile Profile(JsonElement root)
    {
        OnlyKnown(root, "", "name", "description", "cpu", "npu", "dsp", "launchSeconds", "links", "sources");
        var profile = new BoardProfile(
            Text(root, "name") ?? throw Missing("name"),
            Text(root, "description") ?? "",
            Cpu(Property(root, "cpu")),
            Text(root, "npu"),
            Text(root, "dsp"),
            Items(root, "launchSeconds").ToImmutableDictionary(item => item.Name, item => NotNegative(item.Value, item.Name)),
            Items(root, "links").ToImmutableDictionary(item => item.Name, item => Link(item.Value)));
        return profile with { Sources = root.TryGetProperty("sources", out _) ? Sources(root) : profile.Sources };
    }

    private static CpuProfile Cpu(JsonElement cpu)
    {
        OnlyKnown(cpu, "cpu.", "floatMacsPerSecond", "integerMacsPerSecond", "elementsPerSecond", "memoryBytesPerSecond", "nodeSeconds", "activeWatts");
        return new CpuProfile(
            Rate(cpu, "floatMacsPerSecond"), Rate(cpu, "integerMacsPerSecond"), Rate(cpu, "elementsPerSecond"),
            Rate(cpu, "memoryBytesPerSecond"), Number(cpu, "nodeSeconds"), Number(cpu, "activeWatts"));
    }

    private static LinkProfile Link(JsonElement link)
    {
        OnlyKnown(link, "links.", "bytesPerSecond", "latencySeconds", "joulesPerByte");
        return new(Rate(link, "bytesPerSecond"), Number(link, "latencySeconds"), Number(link, "joulesPerByte"));
    }

    private static ImmutableSortedDictionary<string, string> Sources(JsonElement root) => Items(root, "sources").ToImmutableSortedDictionary(
        item => item.Name,
        item => item.Value.ValueKind == JsonValueKind.String ? item.Value.GetString()! : throw new ExecutableFormatException($"Board profile: source of '{item.Name}' is {item.Value.ValueKind}; expected a text."),
        StringComparer.Ordinal);

    /// <summary>A misspelt property would be a figure that is silently not used.</summary>
    private static void OnlyKnown(JsonElement element, string place, params ReadOnlySpan<string> known)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                throw new ExecutableFormatException($"Board profile: there is no property '{place}{property.Name}'. Known here: {string.Join(", ", known!)}.");
            }
        }
    }

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
