using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;
using EdgeAI.Testing;

namespace EdgeAI.Conformance.Models;

/// <summary>Every shared model: read, written again, inferred, and run by EdgeAI, against ONNX Runtime on the file as it is.</summary>
public sealed class SharedModelTests
{
    private static IEnumerable<string> Names() => SharedModel.Names();

    [Test]
    public void SharedModels_AreHere()
    {
        _ = SharedData.Path("models");
        Assert.That(Names().Count(), Is.GreaterThanOrEqualTo(42));
    }

    [TestCaseSource(nameof(Names))]
    public void SharedModel_ReadAndWritten_GivesTheSameBits(string name)
    {
        var shared = SharedModel.Of(name);
        var model = OnnxReader.Read(shared.Path);
        GraphVerifier.Verify(model);
        ShapeInference.Infer(model);
        var written = OnnxWriter.ToBytes(model);
        Assert.That(OnnxWriter.ToBytes(OnnxReader.Read(written)), Is.EqualTo(written), "written, read and written again");
        using var oracle = new OnnxOracle();
        shared.AssertEqual(oracle.Run(written, shared.FeedsByName));
    }

    [TestCaseSource(nameof(Names))]
    public void SharedModel_OnTheCpu_GivesTheOraclesBits(string name)
    {
        var shared = SharedModel.Of(name);
        using var runtime = EdgeRuntime.Create();
        using var model = runtime.Load(shared.Path);
        var result = model.Run(shared.FeedsByName);
        ImmutableArray<OnnxValue> found = [.. result.Select(OnnxOracle.ValueOf)];
        var tolerance = Tolerance.For(name, "cpu");
        shared.AssertEqual(found, tolerance?.Largest ?? 0);
        if (tolerance is { Reason: "constant-weights" })
        {
            shared.AssertEqual(found, shared.ExpectedWithConstantWeights());
        }
    }

    [Test]
    public void Tolerances_EachModel_IsOneOfTheShared()
    {
        _ = SharedData.Path("models");
        Assert.That(Tolerance.Table.Select(row => row.Model).Distinct(), Is.SubsetOf(Names().Append("*")));
    }

    [TestCaseSource(nameof(Names))]
    public void SharedModel_OnTheSimulatedHub_GivesTheOraclesAnswer(string name)
    {
        var shared = SharedModel.Of(name);
        using var runtime = DeviceSet.Simulated.Create();
        using var model = runtime.Load(shared.Path);
        var result = model.Run(shared.FeedsByName);
        TestContext.Out.WriteLine(string.Join(", ", result.Plan.Report.Operators.CountBy(unit => unit.Device).Select(pair => $"{pair.Value} units on {pair.Key}")));
        shared.AssertEqual([.. result.Select(OnnxOracle.ValueOf)], Tolerance.For(name, "sim")?.Largest ?? 0);
    }

    [TestCaseSource(nameof(Names))]
    public void SharedModel_InferredOutputs_AreWhatTheRunGives(string name)
    {
        var shared = SharedModel.Of(name);
        var model = shared.ReadBound();
        ShapeInference.Infer(model);
        Assert.Multiple(() =>
        {
            for (var i = 0; i < shared.Expected.Length; i++)
            {
                var inferred = model.Graph.Outputs[i];
                if (shared.Expected[i] is OnnxValue.Tensor real)
                {
                    Assert.That(inferred.Element, Is.EqualTo(real.Type), $"type of '{inferred.Name}'");
                    Assert.That(inferred.Shape, Is.EqualTo(real.Shape), $"shape of '{inferred.Name}'");
                }
                else
                {
                    Assert.That(inferred.Type, Is.InstanceOf<SequenceType>(), $"'{inferred.Name}' is {TensorDifference.Describe(shared.Expected[i])}");
                }
            }
        });
    }
}
