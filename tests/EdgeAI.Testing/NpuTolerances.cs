using System.Globalization;

namespace EdgeAI.Testing;

/// <summary>
/// The table of docs/npu/tolerances.md, which lies in this assembly: a row's kinds of random operators, and by how many units of the result
/// the NPU may differ from ONNX Runtime there.
/// </summary>
public static class NpuTolerances
{
    private const string KindsColumn = "Kinds in npu-fuzz";
    private const string DifferenceColumn = "Difference";
    private static readonly List<(string Kind, int Units)> Rows = Read();
    private static readonly Dictionary<string, int> Units = Rows.ToDictionary(row => row.Kind, row => row.Units, StringComparer.Ordinal);

    /// <summary>The kinds of all rows, in order.</summary>
    public static IEnumerable<string> Kinds => Rows.Select(row => row.Kind);

    /// <summary>The units of a kind's row.</summary>
    /// <exception cref="InvalidOperationException">No row names the kind.</exception>
    public static int UnitsOf(string kind) => Units.TryGetValue(kind, out var units) ? units
        : throw new InvalidOperationException($"No row of docs/npu/tolerances.md names '{kind}' in its column '{KindsColumn}'.");

    private static List<(string Kind, int Units)> Read()
    {
        using var reader = new StreamReader(typeof(NpuTolerances).Assembly.GetManifestResourceStream("tolerances.md")!);
        var lines = reader.ReadToEnd().Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries)).ToList();
        var (difference, kinds) = (Array.IndexOf(lines[0], DifferenceColumn), Array.IndexOf(lines[0], KindsColumn));
        return [.. lines.Skip(2).SelectMany(cells => cells[kinds].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(kind => (kind, Parse(cells[difference]))))];
    }

    /// <summary>"exact", with a remark or none, or "≤ 1 unit".</summary>
    private static int Parse(string difference) =>
        difference.Split(' ') switch
        {
            ["exact", ..] => 0,
            ["≤", var units, "unit" or "units"] => int.Parse(units, CultureInfo.InvariantCulture),
            _ => throw new InvalidOperationException($"docs/npu/tolerances.md: found the difference '{difference}'; expected \"exact\" or \"≤ N units\"."),
        };
}
