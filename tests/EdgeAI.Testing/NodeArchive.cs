using System.Diagnostics;

namespace EdgeAI.Testing;

/// <summary>ONNX's node cases, unpacked once per archive into a folder outside of the source tree.</summary>
public static class NodeArchive
{
    private const string Archive = "onnx-node-simple-light-1.23dev.tar.xz";
    private const string Reference = "onnxruntime-1.30.0-node-results.tsv";

    private static readonly Lazy<string> Folder = new(Unpack);

    /// <summary>The node cases in order of name.</summary>
    public static IReadOnlyList<string> Cases() =>
        [.. Directory.EnumerateDirectories(Path.Combine(Folder.Value, "onnx", "backend", "test", "data", "node"))
            .Where(folder => File.Exists(Path.Combine(folder, "model.onnx")))
            .Order(StringComparer.Ordinal)];

    /// <summary>What ONNX Runtime came to, by case: "PASS", "FAIL …", "DIFF …", "SKIP …".</summary>
    public static IReadOnlyDictionary<string, string> Results() =>
        File.ReadLines(SharedData.Path("conformance", Reference))
            .Where(line => line.Contains('\t') && !line.StartsWith('#') && !line.StartsWith("case\t", StringComparison.Ordinal))
            .Select(line => line.Split('\t'))
            .ToDictionary(cells => cells[0], cells => cells[1]);

    private static string Unpack()
    {
        var archive = new FileInfo(SharedData.Path("conformance", Archive));
        if (!archive.Exists)
        {
            Assert.Ignore($"{Archive} is not in the shared data");
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
                Assert.Ignore($"tar cannot unpack {Archive} (xz-utils missing?): {errors.Trim()}");
            }
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            Assert.Ignore($"tar is not here to unpack {Archive}: {error.Message}");
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
