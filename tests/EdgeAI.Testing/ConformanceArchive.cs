using System.Diagnostics;

namespace EdgeAI.Testing;

/// <summary>ONNX's archives of conformance data, unpacked once per archive into a folder outside of the source tree.</summary>
public static class ConformanceArchive
{
    /// <summary>Node cases, simple and light models.</summary>
    public const string Main = "onnx-node-simple-light-1.23dev.tar.xz";

    /// <summary>Models and operators converted from PyTorch.</summary>
    public const string PyTorch = "onnx-pytorch.tar.xz";

    private static readonly Lazy<string> MainFolder = new(() => Unpack(Main));
    private static readonly Lazy<string> PyTorchFolder = new(() => Unpack(PyTorch));

    /// <summary>The folder of a set: "node", "simple", "light", "pytorch-converted", "pytorch-operator".</summary>
    public static string Folder(string set) =>
        Path.Combine((set.StartsWith("pytorch", StringComparison.Ordinal) ? PyTorchFolder : MainFolder).Value, "onnx", "backend", "test", "data", set);

    /// <summary>The folders of a set's cases in order of name.</summary>
    public static IReadOnlyList<string> Cases(string set) =>
        [.. Directory.EnumerateDirectories(Folder(set)).Where(folder => File.Exists(Path.Combine(folder, "model.onnx"))).Order(StringComparer.Ordinal)];

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
