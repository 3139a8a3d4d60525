namespace EdgeAI.Sdk.Tests.Memory;

/// <summary>Finds the shared data: EDGEAI_SHARED, or a folder "shared" beside a folder above the tests.</summary>
internal static class SharedData
{
    public static string? Folder(string relative)
    {
        var root = Environment.GetEnvironmentVariable("EDGEAI_SHARED") ?? Search();
        var folder = root is null ? null : Path.Combine(root, relative);
        return Path.Exists(folder) ? folder : null;
    }

    private static string? Search()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared");
            if (Directory.Exists(Path.Combine(candidate, "models")))
            {
                return candidate;
            }
        }

        return null;
    }
}
