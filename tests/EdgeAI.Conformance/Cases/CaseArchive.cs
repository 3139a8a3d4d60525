using EdgeAI.Testing;

namespace EdgeAI.Conformance.Cases;

/// <summary>ONNX's backend cases.</summary>
internal static class CaseArchive
{
    private const string Reference = "onnxruntime-1.30.0-node-results.tsv";

    /// <summary>Names of the sets.</summary>
    public static IReadOnlyList<string> Sets { get; } = ["node", "simple", "light", "pytorch-converted", "pytorch-operator"];

    /// <summary>The cases of a set in order of name.</summary>
    public static IReadOnlyList<ConformanceCase> Cases(string set) => set == "light" ? Light() : Folders(set);

    /// <summary>What ONNX Runtime came to on the node cases, by name: "PASS", "FAIL …", "DIFF …", "SKIP …".</summary>
    public static IReadOnlyDictionary<string, string> NodeResults() =>
        File.ReadLines(SharedData.Path("conformance", Reference))
            .Where(line => line.Contains('\t') && !line.StartsWith('#') && !line.StartsWith("case\t", StringComparison.Ordinal))
            .Select(line => line.Split('\t'))
            .ToDictionary(cells => cells[0], cells => cells[1]);

    private static List<ConformanceCase> Folders(string set) =>
        [.. ConformanceArchive.Cases(set).Select(folder => new ConformanceCase(set, Path.GetFileName(folder), Path.Combine(folder, "model.onnx")))];

    private static List<ConformanceCase> Light() =>
        [.. Directory.EnumerateFiles(ConformanceArchive.Folder("light"), "*.onnx")
            .Select(path => new ConformanceCase("light", Path.GetFileNameWithoutExtension(path), path))
            .OrderBy(item => item.Name, StringComparer.Ordinal)];
}
