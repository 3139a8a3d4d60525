using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Cpu.Interop;

namespace EdgeAI.Hal.Tests.Cpu;

public sealed class LibraryLookupTests
{
    [Test]
    public void Search_OverrideThatDoesNotExist_SaysSoAndNamesBothWays()
    {
        var lookup = LibraryLookup.Search("/nowhere/libonnxruntime.so", AppContext.BaseDirectory, "");
        Assert.Multiple(() =>
        {
            Assert.That(lookup.Library, Is.EqualTo((nint)0));
            Assert.That(lookup.WhyNot, Does.Contain("EDGEAI_ONNXRUNTIME").And.Contains("portable").And.Contains("nuget"));
            Assert.That(lookup.Tried, Is.EqualTo(new[] { "/nowhere/libonnxruntime.so" }));
        });
    }

    [Test]
    public void Search_EmptyFolders_ListsRuntimesFolderThenProgramThenSystem()
    {
        var empty = Directory.CreateTempSubdirectory();
        var lookup = LibraryLookup.Search(null, empty.FullName, "");
        empty.Delete();
        var runtimes = lookup.Tried.IndexOf(lookup.Tried.First(path => path.Contains("runtimes")));
        Assert.Multiple(() =>
        {
            Assert.That(runtimes, Is.Zero);
            Assert.That(lookup.Tried, Has.Some.StartsWith(Path.Combine(empty.FullName, "libonnx")).Or.Some.StartsWith(Path.Combine(empty.FullName, "onnx")));
            Assert.That(Path.IsPathRooted(lookup.Tried[^1]), Is.False, "the system's own search comes last");
        });
    }

    [Test]
    public void Search_ProgramFolder_FindsTheDeployedLibrary()
    {
        var lookup = LibraryLookup.Search(null, AppContext.BaseDirectory, "");
        Assert.Multiple(() =>
        {
            Assert.That(lookup.WhyNot, Is.Null);
            Assert.That(lookup.Path, Does.Contain(Path.Combine("runtimes")));
        });
    }

    [Test]
    public void Search_FileThatIsNoLibrary_DoesNotLoad()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "not a library");
        var lookup = LibraryLookup.Search(file, AppContext.BaseDirectory, "");
        File.Delete(file);
        Assert.That(lookup.WhyNot, Does.Contain("does not load"));
    }

    [Test]
    public void Open_OtherLibrary_SaysThatItIsNotOnnxRuntime()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("The library that stands in for a wrong one is Linux's.");
        var lookup = LibraryLookup.Search("libc.so.6", AppContext.BaseDirectory, "");
        Assert.Multiple(() =>
        {
            Assert.That(OnnxRuntimeLibrary.Open(lookup, out var whyNot), Is.Null);
            Assert.That(whyNot, Does.Contain("libc.so.6").And.Contains("OrtGetApiBase"));
        });
    }

    [Test]
    public void Find_MissingLibrary_BecomesALineOfTheCatalog()
    {
        var lookup = LibraryLookup.Search("/nowhere/libonnxruntime.so", AppContext.BaseDirectory, "");
        using var catalog = new DeviceCatalog([DeviceFinding.Missing("cpu", DeviceKind.Cpu, lookup.WhyNot!, lookup.Tried)]);
        Assert.Multiple(() =>
        {
            Assert.That(catalog.Describe(), Does.Contain("not usable").And.Contains("/nowhere/libonnxruntime.so"));
            Assert.That(() => catalog["cpu"], Throws.TypeOf<DeviceUnavailableException>());
        });
    }

    [Test]
    public void Find_DeployedLibrary_GivesADeviceThatSaysItsVersion()
    {
        var finding = CpuDevice.Find();
        using var device = finding.Device;
        Assert.Multiple(() =>
        {
            Assert.That(finding.WhyNot, Is.Null);
            Assert.That(device?.Info.Id, Is.EqualTo("cpu"));
            Assert.That(device?.Info.IsSimulated, Is.False);
            Assert.That(device?.Describe(), Does.Contain("ONNX Runtime 1."));
        });
    }
}
