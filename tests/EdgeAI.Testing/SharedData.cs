namespace EdgeAI.Testing;

/// <summary>Finds the shared models and inputs: EDGEAI_SHARED, else a folder "shared" beside the checkout or any folder above the tests.</summary>
public static class SharedData
{
    private static readonly string? Root = Find();

    /// <summary>A path below the shared folder; skips the test with the reason where there is none.</summary>
    public static string Path(params string[] parts)
    {
        if (Root is null)
        {
            Assert.Ignore("shared data is not here: set EDGEAI_SHARED or put it beside the checkout");
        }

        return System.IO.Path.Combine([Root!, .. parts]);
    }

    /// <summary>True where the shared folder is.</summary>
    public static bool IsHere => Root is not null;

    /// <summary>The shared models, as paths below models/, for test case sources; empty where the folder is not.</summary>
    public static IEnumerable<string> Models() => Root is null ? []
        : Directory.EnumerateFiles(System.IO.Path.Combine(Root, "models"), "*.onnx", SearchOption.AllDirectories)
            .Select(path => System.IO.Path.GetRelativePath(System.IO.Path.Combine(Root, "models"), path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("EDGEAI_SHARED") is { Length: > 0 } given)
        {
            return Directory.Exists(given) ? System.IO.Path.GetFullPath(given) : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, "shared");
            if (Directory.Exists(System.IO.Path.Combine(candidate, "models")))
            {
                return candidate;
            }
        }

        return null;
    }
}
