using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Sdk.Tests.Programs;

[NonParallelizable]
public sealed class ReadmeTests
{
    private static readonly string Keyword = Path.Combine(AppContext.BaseDirectory, "models", "kws_dscnn_int8.onnx");

    [Test]
    public async Task FourLines_OfTheReadme_CompileAndRun()
    {
        var waveform = new float[16000];
        await using var runtime = EdgeRuntime.Create(devices => devices.AddCpu().AddNpu(new SimulatedNpu(NpuConfiguration.Edge1k)));
        using var model = runtime.Load(Keyword);
        Console.WriteLine(model.Plan.Explain());
        var scores = model.Run(waveform);
        Assert.That(scores.AsSpan<float>().Length, Is.EqualTo(12));
    }

    [Test]
    public void Readme_FourLines_AreTheOnesAbove()
    {
        var here = File.ReadAllLines(Path.Combine(Repository, "tests", "EdgeAI.Sdk.Tests", "Programs", "ReadmeTests.cs")).Select(line => line.Trim()).ToHashSet();
        var readme = File.ReadAllText(Path.Combine(Repository, "README.md"));
        var code = readme.Split("```csharp")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.That(code, Has.Length.EqualTo(4));
        foreach (var line in code)
        {
            Assert.That(here, Does.Contain(line.Replace("\"keyword.onnx\"", "Keyword")));
        }
    }

    [TestCase("README.md")]
    [TestCase("CONTRIBUTING.md")]
    [TestCase("docs/getting-started.md")]
    [TestCase("docs/layout.md")]
    public void Links_InDocuments_LeadSomewhere(string document)
    {
        var path = Path.Combine(Repository, document);
        var links = System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(path), @"\]\(([^)#:]+)\)").Select(match => match.Groups[1].Value);
        foreach (var link in links)
        {
            var target = Path.Combine(Path.GetDirectoryName(path)!, link);
            Assert.That(File.Exists(target) || Directory.Exists(target), $"{document} links to {link}");
        }
    }

    internal static string Repository { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "EdgeAI.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("EdgeAI.sln is not above the tests.");
        }

        return folder.FullName;
    }
}
