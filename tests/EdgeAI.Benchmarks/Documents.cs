namespace EdgeAI.Benchmarks;

/// <summary>The folder docs/benchmarks of the checkout that the program was built in.</summary>
internal static class Documents
{
    public static void Write(string name, string text)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "EdgeAI.sln")))
        {
            folder = folder.Parent;
        }

        if (folder is null)
        {
            Console.Error.WriteLine($"{name} is not written: no checkout around the program.");
            return;
        }

        var documents = Directory.CreateDirectory(Path.Combine(folder.FullName, "docs", "benchmarks"));
        File.WriteAllText(Path.Combine(documents.FullName, name), text);
    }
}
