using EdgeAI.Graph;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;
using EdgeAI.Testing;

namespace EdgeAI.Conformance.Models;

/// <summary>Models of old operator sets, and shared models lifted to newer ones.</summary>
public sealed class OldModelTests
{
    private const string Oldest = "misc/super_resolution_ir1_pytorch02.onnx";
    private const string Newer = "misc/super_resolution_10_pytorch.onnx";

    private static IEnumerable<string> Names() => SharedModel.Names();

    [Test]
    public void OldestAndNewerModel_Weights_AreTheSame()
    {
        var (oldest, newer) = (Weights(Oldest), Weights(Newer));
        Assert.That(oldest, Is.EquivalentTo(newer));
    }

    [TestCase("cpu")]
    [TestCase("sim")]
    public void OldestModel_OnDeviceSet_GivesWhatTheNewerOneGives(string set)
    {
        var newer = SharedModel.Of(Newer);
        using var runtime = DeviceSet.All.Single(item => item.Name == set).Create();
        using var model = runtime.Load(SharedData.Path("models", Oldest));
        var result = model.Run([newer.Feeds[0]]);
        var difference = TensorDifference.Of(OnnxOracle.ValueOf(result[0]), newer.Expected[0]);
        TestContext.Out.WriteLine(difference.Text);
        Assert.That(difference.Relative, Is.LessThanOrEqualTo(Tolerance.For(Newer, set)?.Largest ?? 0), difference.Text);

        var recorded = OnnxReader.ReadTensor(File.ReadAllBytes(SharedData.Path("inputs", "reference", "super_resolution_10_output.pb")));
        var distance = TensorDifference.Of(OnnxOracle.ValueOf(result[0]), new OnnxValue.Tensor(recorded.Type, recorded.Shape, [.. recorded.Data.Span]));
        Assert.That(distance.Relative, Is.LessThanOrEqualTo(1e-5), $"against the recorded output: {distance.Text}");
    }

    [Test]
    public void SharedModels_Every_Loads()
    {
        using var runtime = EdgeRuntime.Create();
        var all = SharedData.Models().ToList();
        foreach (var name in all)
        {
            runtime.Load(SharedData.Path("models", name)).Dispose();
        }

        Assert.That(all, Has.Count.GreaterThanOrEqualTo(43));
    }

    /// <summary>Lifted by the adapters that the quantizer needs (13) and to the last version before many types were added (21).</summary>
    [TestCaseSource(nameof(Names))]
    public void SharedModel_LiftedToNewerOperatorSets_GivesTheOraclesAnswer(string name)
    {
        var shared = SharedModel.Of(name);
        foreach (var opset in (long[])[13, 21])
        {
            var model = OnnxReader.Read(shared.Path);
            if (model.Opset("") is 0 || model.Opset("") >= opset)
            {
                continue;
            }

            var version = model.Opset("");
            var applied = ModelUpgrade.To(model, opset);
            TestContext.Out.WriteLine($"{version} → {opset}: {string.Join(", ", applied)}");
            GraphVerifier.Verify(model);
            ShapeInference.Infer(model);
            using var oracle = new OnnxOracle();
            shared.AssertEqual(oracle.Run(OnnxWriter.ToBytes(model), shared.FeedsByName), Tolerance.For(name, "lifted")?.Largest ?? 0);
        }
    }

    private static IEnumerable<string> Weights(string name) =>
        OnnxReader.Read(SharedData.Path("models", name)).Graph.Constants.Select(value => $"{value.Constant} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(value.Constant!.Data.Span))}");
}
