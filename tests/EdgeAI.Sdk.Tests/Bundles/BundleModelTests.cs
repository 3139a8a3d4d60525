using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Bundles;

/// <summary>Every shared model as a bundle: what the compiler writes passes the verifier, and answers stay what they were.</summary>
public sealed class BundleModelTests
{
    private static IEnumerable<TestCaseData> Cases =>
        from set in (DeviceSet[])[DeviceSet.Cpu, DeviceSet.Simulated]
        from name in SharedData.IsHere ? SharedData.Models() : [""]
        select new TestCaseData(set, name).SetArgDisplayNames(set.Name, name);

    [TestCaseSource(nameof(Cases))]
    public void Load_BundleOfASharedModel_GivesTheSameAnswers(DeviceSet set, string name)
    {
        Assume.That(SharedData.IsHere, "the shared models are not here");
        using var runtime = set.Create();
        using var model = runtime.Load(SharedData.Path("models", name));
        var feeds = ModelFeeds.For(name, model.Inputs);
        var dimensions = Dimensions(model, feeds);
        Assume.That(model.Inputs.All(input => input.Shape.HasRank), "the file gives no rank: no plan is made before a run");
        using var fixedShapes = runtime.Load(SharedData.Path("models", name), LoadOptions.Default with { Dimensions = dimensions });
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}{PlanBundle.Extension}");
        try
        {
            fixedShapes.Save(path);
            using var loaded = runtime.Load(path);
            var (expected, found) = (fixedShapes.Run(feeds), loaded.Run(feeds));
            Assert.That(Texts(found), Is.EqualTo(Texts(expected)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Load_AcceleratedBundleMutatedAndSealedAgain_GivesAnAnswerOrATypedError([Values(21, 22)] int seed)
    {
        using var runtime = DeviceSet.Simulated.Create();
        using var model = runtime.Load(Path.Combine(AppContext.BaseDirectory, "models", "kws_dscnn_int8.onnx"));
        var bytes = BundleFormatTests.Bytes(new PlanBundle(new BundleKey(BundleKey.ThisLibrary, BundleKey.DevicesOf(runtime.Devices), [], []), model.Inputs, model.Outputs, model.Plan));
        var feeds = ModelFeeds.Random(model.Inputs, new Dictionary<string, long>());
        var (refused, ran) = SealedMutations.Try(runtime, bytes, seed, 60, loaded => loaded.Run(feeds));
        Assert.That(refused + ran, Is.EqualTo(60));
    }

    private static System.Collections.Immutable.ImmutableDictionary<string, long> Dimensions(EdgeModel model, IReadOnlyList<EdgeTensor> feeds) =>
        LoadOptions.Default.Dimensions.AddRange(model.Inputs.Zip(feeds)
            .SelectMany(pair => pair.First.Shape.HasRank ? Enumerable.Range(0, pair.First.Shape.Rank).Where(axis => !pair.First.Shape[axis].IsKnown).Select(axis => (Symbol: pair.First.Shape[axis].Symbol ?? InputShapes.NameOf(pair.First.Name, axis), Extent: pair.Second.Shape[axis].Value)) : [])
            .DistinctBy(pair => pair.Symbol).Select(pair => KeyValuePair.Create(pair.Symbol, pair.Extent)));

    private static IEnumerable<string> Texts(ModelResult result) =>
        result.Select(tensor => tensor.Structure is { } structure ? structure.ToString()! : $"{tensor} {Convert.ToHexString(tensor.Bytes)} {string.Join(' ', tensor.Strings)}");
}
