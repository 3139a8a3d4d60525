using System.Reflection;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;
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

    [TestCase("/dev/zero", "leads outside")]
    [TestCase("../secret.bin", "leads outside")]
    [TestCase("a\0b", "leads outside")]
    [TestCase("none.bin", "no such regular file")]
    public void Load_EntryThatNamesFilesElsewhere_ReadsNoneOfThem(string name, string reason)
    {
        var path = FileOf(AddRelu());
        Stages(path, out _);
        Change(bundle => bundle with { Key = bundle.Key with { Sources = bundle.Key.Sources.Add(new BundleSource(name, "00")) } });
        Assert.That(Stages(path, out var plan), Is.Positive);
        Assert.That(plan.Report.Notes, Has.Some.Contains("in the cache was not used").And.Some.Contains(reason));
        Assert.That(Stages(path, out _), Is.Zero);
    }

    [Test]
    public void Load_EntryOfAModelThatPassesTheReadingLimits_IsNotUsed()
    {
        var path = FileOf(AddRelu());
        Stages(path, out _);
        var strict = Options() with { Reading = OnnxReadOptions.Default with { MaxNodes = 1 } };
        Assert.That(() => Runtime.Load(path, strict), Throws.TypeOf<ModelFormatException>());
    }

    [Test]
    public void Load_EntryThatItsDeviceRefuses_IsCompiledAndReplacedWithANote()
    {
        using var runtime = DeviceSet.Simulated.Create();
        var path = Path.Combine(AppContext.BaseDirectory, "models", "kws_dscnn_int8.onnx");
        using (runtime.Load(path, Options()))
        {
            Change(bundle => bundle with { Plan = bundle.Plan with { Executables = [.. bundle.Plan.Executables.Select(item => item.Device == 0 ? item : item with { Executable = item.Executable with { Code = new byte[64] } })] } });
        }

        using var model = runtime.Load(path, Options());
        Assert.That(model.Plan.Report.Notes, Has.Some.Contains("in the cache was not used"));
        var stages = 0;
        using var again = runtime.Load(path, Options() with { OnStage = (_, _) => stages++ });
        Assert.That(stages, Is.Zero);
    }

    [Test]
    public void Load_ModelThatChangesWhileItIsCompiled_IsNotTakenForTheNewOne()
    {
        var path = FileOf(AddRelu());
        var other = new TinyOnnx().Input("a", DataType.Float32, 2, 3).Input("b", DataType.Float32, 2, 3).Output("y", DataType.Float32, 2, 3).Node("Sub", "a b", "y").Build();
        var isChanged = false;
        using (Runtime.Load(path, Options() with { OnStage = (_, _) => Replace() }))
        {
            Assert.That(isChanged, Is.True);
        }

        using var model = Runtime.Load(path, Options());
        var ones = EdgeTensor.Of<float>([1, 1, 1, 1, 1, 1], 2, 3);
        Assert.That(model.Run([ones, ones])[0].AsSpan<float>().ToArray(), Is.All.Zero);

        void Replace()
        {
            if (!isChanged)
            {
                isChanged = true;
                File.WriteAllBytes(path + ".new", other);
                File.Move(path + ".new", path, overwrite: true);
            }
        }
    }

    [Test]
    public void Save_OfAModelFromTheCache_NamesItsWeights()
    {
        var path = FileOf(new TinyOnnx().Input("a", DataType.Float32, 2).Output("y", DataType.Float32, 2).External("w", DataType.Float32, [2], "w.bin", 0, 8).Node("Add", "a w", "y").Build());
        File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(path)!, "w.bin"), new byte[8]);
        Stages(path, out _);
        using var model = Runtime.Load(path, Options());
        var saved = Path.Combine(_folder.FullName, "saved");
        model.Save(saved);
        Assert.That(PlanBundle.Open(saved).Key.Sources.Select(source => source.Name), Is.EqualTo(new[] { "model.onnx", "w.bin" }));
    }

    [Test]
    public void Makers_OfAPlan_AreAllOurLibrariesBelowTheRuntimeButTheQuantizer()
    {
        var found = new HashSet<Assembly>();
        void Visit(Assembly assembly)
        {
            foreach (var name in found.Add(assembly) ? assembly.GetReferencedAssemblies() : [])
            {
                if (name.Name!.StartsWith("EdgeAI", StringComparison.Ordinal))
                {
                    Visit(Assembly.Load(name));
                }
            }
        }

        Visit(typeof(EdgeRuntime).Assembly);
        found.Remove(typeof(EdgeAI.Quantization.StaticQuantizer).Assembly);
        Assert.That(PlanKeys.Makers.Select(type => type.Assembly), Is.EquivalentTo(found));
    }

    [Test]
    public void Load_NoModel_IsTheErrorOfTheModel() =>
        Assert.That(() => Runtime.Load(Path.Combine(_folder.FullName, "none.onnx"), Options()), Throws.InstanceOf<FileNotFoundException>());

    private LoadOptions Options() => LoadOptions.Default with { CacheFolder = _folder.FullName };

    /// <summary>Writes another bundle, with a hash that fits, in the place of the only entry.</summary>
    private void Change(Func<PlanBundle, PlanBundle> change)
    {
        var entry = _folder.GetFiles().Single().FullName;
        change(PlanBundle.Read(File.ReadAllBytes(entry))).Save(entry);
    }

    private int Stages(string path, out Plan plan)
    {
        var stages = 0;
        using var model = Runtime.Load(path, Options() with { OnStage = (_, _) => stages++ });
        plan = model.Plan;
        return stages;
    }
}
