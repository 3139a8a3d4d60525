namespace EdgeAI.Conformance.Nodes;

/// <summary>skips.txt: cases that ONNX Runtime passes and a device set does not, with the reason.</summary>
internal static class SkipTable
{
    private static readonly List<(string Case, string Set, string Reason)> Rows =
        [.. TextTable.Read("skips.txt").Select(cells => (cells[0], cells[1], cells[2]))];

    /// <summary>The reasons by case for a device set; "*" is every set.</summary>
    public static IReadOnlyDictionary<string, string> For(string set) =>
        Rows.Where(row => row.Set == set || row.Set == "*").ToDictionary(row => row.Case, row => row.Reason);
}
