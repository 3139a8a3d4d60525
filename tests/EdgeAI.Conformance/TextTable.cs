namespace EdgeAI.Conformance;

/// <summary>Tables that lie beside the tests as text: '|' between cells, '#' before comments.</summary>
internal static class TextTable
{
    /// <summary>The cells of each row.</summary>
    public static IEnumerable<string[]> Read(string file) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, file))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries));
}
