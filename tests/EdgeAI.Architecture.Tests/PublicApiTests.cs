using System.Reflection;

namespace EdgeAI.Architecture.Tests;

/// <summary>
/// The public API of each library is a text file under PublicApi/: a change of it is seen in review. To accept a change, run the
/// tests with EDGEAI_ACCEPT_API=1 and commit the files.
/// </summary>
public sealed class PublicApiTests
{
    private static IEnumerable<string> Assemblies => Arrows.Allowed.Keys;

    [TestCaseSource(nameof(Assemblies))]
    public void PublicApi_OfEachLibrary_IsTheReviewedOne(string name)
    {
        var path = Path.Combine(Repository.Root, "tests", "EdgeAI.Architecture.Tests", "PublicApi", name + ".txt");
        var found = PublicApiText.Describe(Assembly.Load(name)).ToArray();
        if (Environment.GetEnvironmentVariable("EDGEAI_ACCEPT_API") == "1")
        {
            File.WriteAllLines(path, found);
        }

        Assert.That(File.Exists(path), $"{path} is missing: run with EDGEAI_ACCEPT_API=1 and commit it");
        Assert.That(found, Is.EqualTo(File.ReadAllLines(path)), "the public API has changed: review it, run with EDGEAI_ACCEPT_API=1, commit the file");
    }
}
