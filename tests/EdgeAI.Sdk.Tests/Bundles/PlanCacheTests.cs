using EdgeAI.Hal;
using EdgeAI.Runtime;
using EdgeAI.Sdk.Tests.Api;

namespace EdgeAI.Sdk.Tests.Bundles;

/// <summary>The folder of compiled models: found again while nothing has changed, compiled and replaced when something has.</summary>
public sealed class PlanCacheTests : ApiFixture
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("edgeai-cache-");

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [Test]
    public void Load_TheSecondTime_CompilesNothing()
    {
        var path = FileOf(AddRelu());
        var first = Stages(path, out var plan);
        var second = Stages(path, out var again);
        Assert.Multiple(() =>
        {
            Assert.That(first, Is.Positive);
            Assert.That(second, Is.Zero);
            Assert.That(again.Explain(), Is.EqualTo(plan.Explain()));
            Assert.That(_folder.GetFiles(), Has.Length.EqualTo(1));
        });
    }

    [Test]
    public void Load_ChangedModel_IsCompiledAndReplacedWithANote()
    {
        var path = FileOf(AddRelu());
        Stages(path, out _);
        File.WriteAllBytes(path, new TinyOnnx().Input("a", DataType.Float32, 2, 3).Input("b", DataType.Float32, 2, 3).Output("y", DataType.Float32, 2, 3).Node("Sub", "a b", "y").Build());
        Assert.That(Stages(path, out var plan), Is.Positive);
        Assert.That(plan.Report.Notes, Has.Some.Contains("'model.onnx' has changed since; compiled again and replaced"));
        Assert.That(Stages(path, out _), Is.Zero);
        Assert.That(_folder.GetFiles(), Has.Length.EqualTo(1), "the old entry is replaced");
    }

    [Test]
    public void Load_ChangedWeightsBesideTheModel_IsCompiledAgain()
    {
        var path = FileOf(new TinyOnnx().Input("a", DataType.Float32, 2).Output("y", DataType.Float32, 2).External("w", DataType.Float32, [2], "w.bin", 0, 8).Node("Add", "a w", "y").Build());
        var weights = Path.Combine(Path.GetDirectoryName(path)!, "w.bin");
        File.WriteAllBytes(weights, new byte[8]);
        Stages(path, out _);
        Assert.That(Stages(path, out _), Is.Zero);
        File.WriteAllBytes(weights, [0, 0, 128, 63, 0, 0, 128, 63]);
        using var model = Runtime.Load(path, Options());
        Assert.That(model.Run<float>([1f, 2f]).AsSpan<float>().ToArray(), Is.EqualTo(new[] { 2f, 3f }));
        Assert.That(model.Plan.Report.Notes, Has.Some.Contains("'w.bin' has changed since"));
    }

    [TestCase(0, TestName = "Load_DamagedEntry_IsCompiledAndReplacedWithANote(prefix)")]
    [TestCase(300, TestName = "Load_DamagedEntry_IsCompiledAndReplacedWithANote(manifest)")]
    [TestCase(-100, TestName = "Load_DamagedEntry_IsCompiledAndReplacedWithANote(code)")]
    public void Load_DamagedEntry_IsCompiledAndReplacedWithANote(int at)
    {
        var path = FileOf(AddRelu());
        Stages(path, out _);
        var entry = _folder.GetFiles().Single().FullName;
        var bytes = File.ReadAllBytes(entry);
        bytes[at < 0 ? bytes.Length + at : at] ^= 1;
        File.WriteAllBytes(entry, bytes);
        Assert.That(Stages(path, out var plan), Is.Positive);
        Assert.That(plan.Report.Notes, Has.Some.Contains("in the cache was not used").And.Some.Contains("compiled again and replaced"));
        Assert.That(Stages(path, out _), Is.Zero);
    }

    [Test]
    public void Load_OtherOptions_HaveEntriesOfTheirOwn()
    {
        var path = FileOf(DoubleBatch());
        foreach (var batch in new long[] { 1, 2, 1, 2 })
        {
            using var model = Runtime.Load(path, Options() with { Dimensions = LoadOptions.Default.Dimensions.Add("batch", batch) });
            Assert.That(model.Plan.Tensors[0].Spec.Shape, Is.EqualTo(new Shape(batch, 3)));
        }

        Assert.That(_folder.GetFiles(), Has.Length.EqualTo(2));
    }

    [Test]
    public void Run_SymbolicModel_CachesEachSetOfShapes()
    {
        var path = FileOf(DoubleBatch());
        foreach (var expectedStages in new[] { true, false })
        {
            var stages = 0;
            using var model = Runtime.Load(path, Options() with { OnStage = (_, _) => stages++ });
            Assert.That(model.Run<float>(new float[9])[0].Shape, Is.EqualTo(new Shape(3, 3)));
            Assert.That(model.Run<float>(new float[6])[0].Shape, Is.EqualTo(new Shape(2, 3)));
            Assert.That(stages > 0, Is.EqualTo(expectedStages));
        }
    }

    [Test]
    public void Load_FolderThatCannotBe_LoadsWithANote()
    {
        var file = FileOf([1, 2, 3], "file");
        using var model = Runtime.Load(FileOf(AddRelu()), Options() with { CacheFolder = Path.Combine(file, "inside") });
        Assert.That(model.Plan.Report.Notes, Has.Some.Contains("could not be kept in the cache"));
    }

    [Test]
    public void Load_NoModel_IsTheErrorOfTheModel() =>
        Assert.That(() => Runtime.Load(Path.Combine(_folder.FullName, "none.onnx"), Options()), Throws.InstanceOf<FileNotFoundException>());

    private LoadOptions Options() => LoadOptions.Default with { CacheFolder = _folder.FullName };

    private int Stages(string path, out Plan plan)
    {
        var stages = 0;
        using var model = Runtime.Load(path, Options() with { OnStage = (_, _) => stages++ });
        plan = model.Plan;
        return stages;
    }
}
