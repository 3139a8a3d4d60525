using System.Reflection;

namespace EdgeAI.Architecture.Tests;

public sealed class ArrowTests
{
    private static IEnumerable<string> Assemblies => Arrows.Allowed.Keys;

    [TestCaseSource(nameof(Assemblies))]
    public void References_OfEachLibrary_FollowTheArrows(string name)
    {
        var references = Assembly.Load(name).GetReferencedAssemblies().Select(reference => reference.Name!);
        var ours = references.Where(reference => reference == "EdgeAI" || reference.StartsWith("EdgeAI.", StringComparison.Ordinal));
        Assert.That(ours, Is.SubsetOf(Arrows.Allowed[name]), $"{name} may only reference: {string.Join(", ", Arrows.Allowed[name])}");
    }

    [TestCaseSource(nameof(Assemblies))]
    public void Packages_OfEachLibrary_AreTheAllowedOnes(string name)
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var foreign = Assembly.Load(name).GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(reference => reference != "EdgeAI" && !reference.StartsWith("EdgeAI.", StringComparison.Ordinal))
            .Where(reference => !File.Exists(Path.Combine(framework, reference + ".dll")));
        Assert.That(foreign, Is.SubsetOf(Arrows.AllowedPackages));
    }

    [Test]
    public void Arrows_TogetherWithNothing_HaveNoCycle()
    {
        var left = Arrows.Allowed.ToDictionary(pair => pair.Key, pair => pair.Value.ToHashSet());
        while (left.FirstOrDefault(pair => pair.Value.Count == 0) is { Key: { } free })
        {
            left.Remove(free);
            foreach (var others in left.Values)
            {
                others.Remove(free);
            }
        }

        Assert.That(left.Keys, Is.Empty, "libraries in a cycle");
    }

    [Test]
    public void Projects_InTheTree_AllStandInTheArrowsOrAreProgramsAndTests()
    {
        var root = Repository.Root;
        var libraries = new[] { "hal", "drivers", "sdk" }.SelectMany(room => Directory.GetDirectories(Path.Combine(root, room))).Select(Path.GetFileName);
        Assert.That(libraries.Except(["EdgeAI.Cli"]), Is.EquivalentTo(Assemblies));
    }

    [TestCaseSource(nameof(Assemblies))]
    public void Types_OfEachLibrary_BearNotTheLastWordOfANamespace(string name)
    {
        var types = Assembly.Load(name).GetTypes();
        var words = Assemblies.Select(assembly => assembly.Split('.')[^1]).ToHashSet();
        Assert.That(types.Where(type => type.IsPublic).Select(type => type.Name), Has.None.Matches<string?>(word => words.Contains(word!)));
    }

    [TestCaseSource(nameof(Assemblies))]
    public void PublicTypes_OfEachLibrary_LieAtItsRootOrInAPublicRoom(string name)
    {
        string[] rooms = ["EdgeAI.Hal.Io", "EdgeAI.Drivers.Simulation.Npu", "EdgeAI.Drivers.Simulation.Dsp", "EdgeAI.Drivers.Simulation.Io", "EdgeAI.Graph.Rewrites", "EdgeAI.Compiler.Targets.Npu", "EdgeAI.Compiler.Targets.Dsp"];
        var elsewhere = Assembly.Load(name).GetTypes().Where(type => type.IsPublic && type.Namespace != name && !rooms.Contains(type.Namespace));
        Assert.That(elsewhere.Select(type => type.FullName), Is.Empty);
    }
}
