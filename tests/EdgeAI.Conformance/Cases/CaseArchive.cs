using System.Diagnostics;
using EdgeAI.Testing;

namespace EdgeAI.Conformance.Cases;

/// <summary>ONNX's backend cases, unpacked once per archive into a folder outside of the source tree.</summary>
internal static class CaseArchive
{
    private const string Main = "onnx-node-simple-light-1.23dev.tar.xz";
    private const string PyTorch = "onnx-pytorch.tar.xz";
    private const string Reference = "onnxruntime-1.30.0-node-results.tsv";

    private static readonly Lazy<string> MainFolder = new(() => Unpack(Main));
    private static readonly Lazy<string> PyTorchFolder = new(() => Unpack(PyTorch));

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
        [.. Directory.EnumerateDirectories(Data(set))
            .Where(folder => File.Exists(Path.Combine(folder, "model.onnx")))
            .Select(folder => new ConformanceCase(set, Path.GetFileName(folder), Path.Combine(folder, "model.onnx")))
            .OrderBy(item => item.Name, StringComparer.Ordinal)];

    private static List<ConformanceCase> Light() =>
        [.. Directory.EnumerateFiles(Data("light"), "*.onnx")
            .Select(path => new ConformanceCase("light", Path.GetFileNameWithoutExtension(path), path))
            .OrderBy(item => item.Name, StringComparer.Ordinal)];

    private static string Data(string set) =>
        Path.Combine((set.StartsWith("pytorch", StringComparison.Ordinal) ? PyTorchFolder : MainFolder).Value, "onnx", "backend", "test", "data", set);

    private static string Unpack(string name)
    {
        var archive = new FileInfo(SharedData.Path("conformance", name));
        if (!archive.Exists)
        {
            Assert.Ignore($"{name} is not in the shared data");
        }

        var folder = Path.Combine(Path.GetTempPath(), $"edgeai-conformance-{archive.Length}-{archive.LastWriteTimeUtc.Ticks}");
        if (!Directory.Exists(folder))
        {
            var fresh = Directory.CreateTempSubdirectory("edgeai-conformance-").FullName;
            Extract(archive.FullName, fresh);
            MoveOrDrop(fresh, folder);
        }

        return folder;
    }

    private static void Extract(string archive, string folder)
    {
        var start = new ProcessStartInfo("tar", ["-xJf", archive, "-C", folder]) { RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                Assert.Ignore($"tar cannot unpack {archive} (xz-utils missing?): {errors.Trim()}");
            }
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            Assert.Ignore($"tar is not here to unpack {archive}: {error.Message}");
        }
    }

    /// <summary>Another process may have been faster; then its folder is as good.</summary>
    private static void MoveOrDrop(string fresh, string folder)
    {
        try
        {
            Directory.Move(fresh, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(fresh, recursive: true);
        }
    }
}
