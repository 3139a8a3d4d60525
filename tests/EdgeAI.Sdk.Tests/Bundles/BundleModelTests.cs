using EdgeAI.Hal;
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
        if (!model.Inputs.Zip(feeds).All(pair => InputShapes.Assume(pair.First.Shape, dimensions) == pair.Second.Shape))
        {
            Assert.Ignore("extents without names cannot be given at loading");
        }

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
        var random = new Random(seed);
        var (refused, ran) = (0, 0);
        for (var round = 0; round < 60; round++)
        {
            var mutated = bytes.ToArray();
            mutated[random.Next(64, mutated.Length)] ^= (byte)(1 << random.Next(8));
            BundleFormatTests.Seal(mutated);
            try
            {
                using var loaded = runtime.Load(PlanBundle.Read(mutated));
                _ = loaded.Run(feeds);
                ran++;
            }
            catch (EdgeException)
            {
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}, round {round}: {error}");
            }
        }

        TestContext.Out.WriteLine($"seed {seed}: {refused} refused, {ran} ran");
        Assert.That(refused + ran, Is.EqualTo(60));
    }

    private static System.Collections.Immutable.ImmutableDictionary<string, long> Dimensions(EdgeModel model, IReadOnlyList<EdgeTensor> feeds) =>
        LoadOptions.Default.Dimensions.AddRange(model.Inputs.Zip(feeds)
            .SelectMany(pair => pair.First.Shape.HasRank ? Enumerable.Range(0, pair.First.Shape.Rank).Select(axis => (pair.First.Shape[axis].Symbol, Extent: pair.Second.Shape[axis].Value)) : [])
            .Where(pair => pair.Symbol is not null).DistinctBy(pair => pair.Symbol).Select(pair => KeyValuePair.Create(pair.Symbol!, pair.Extent)));

    private static IEnumerable<string> Texts(ModelResult result) =>
        result.Select(tensor => tensor.Structure is { } structure ? structure.ToString()! : $"{tensor} {Convert.ToHexString(tensor.Bytes)} {string.Join(' ', tensor.Strings)}");
}
