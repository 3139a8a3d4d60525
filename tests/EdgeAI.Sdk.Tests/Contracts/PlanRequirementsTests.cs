using EdgeAI.Runtime;
using EdgeAI.Sdk.Tests.Api;
using EdgeAI.Sdk.Tests.Runtime;

namespace EdgeAI.Sdk.Tests.Contracts;

/// <summary>Requirements: what does not hold is refused with the operators that are why.</summary>
public sealed class PlanRequirementsTests : ApiFixture
{
    /// <summary>One operator on the npu, one on the cpu that the npu refuses, one that it would take.</summary>
    private static Plan Mixed { get; } = Make();

    [Test]
    public void Check_NothingRequired_Passes() => Assert.That(() => new PlanRequirements().Check(Mixed), Throws.Nothing);

    [TestCase(0.33, "npu")]
    [TestCase(0.33, null)]
    [TestCase(null, "npu")]
    [TestCase(0.6, "cpu")]
    public void Check_CoverageThatHolds_Passes(double? coverage, string? device) =>
        Assert.That(() => new PlanRequirements { Coverage = coverage, Device = device }.Check(Mixed), Throws.Nothing);

    [Test]
    public void Check_CoverageTooLow_ListsOperatorsByReason() => Refused(
        new PlanRequirements { Coverage = 0.9, Device = "npu" },
        "coverage: 1 of 3 operators (33.3 %) run on 'npu'; required is at least 90.0 %", "1 × npu refuses (operator): Softmax soft", "1 × npu would take it, but the whole is faster like this: Relu act");

    [Test]
    public void Check_DeviceThatRunsNothing_IsRefused() => Refused(new PlanRequirements { Device = "dsp" }, "coverage: 0 of 3 operators (0.0 %) run on 'dsp'; required is at least one");

    [Test]
    public void Check_TooSlow_NamesTheLargestAndTheBound() => Refused(
        new PlanRequirements { MaxLatency = TimeSpan.FromMilliseconds(1) }, "latency: predicted 3.00 ms; required is at most 1.00 ms", "No placement on these devices takes less than 3.00 ms", "Softmax soft on cpu: 2.00 ms");

    [Test]
    public void Check_TooMuchEnergy_NamesTheLargest() => Refused(new PlanRequirements { MaxEnergyJoules = 1e-6 }, "energy: predicted 6.0 µJ; required is at most 1.0 µJ", "Softmax soft on cpu: 5.0 µJ");

    [Test]
    public void Check_EnergyUnknown_SaysSo()
    {
        var plan = Mixed with { Steps = Mixed.Steps.SetItem(0, Mixed.Steps[0] with { Predicted = new PredictedCost(1e-3, double.NaN, 16) }) };
        Assert.That(() => new PlanRequirements { MaxEnergyJoules = 1 }.Check(plan), Throws.TypeOf<PlanRequirementException>().With.Message.Contains("energy: not known for this plan"));
    }

    [Test]
    public void Check_Several_ListsAll() => Refused(
        new PlanRequirements { Coverage = 1, MaxLatency = TimeSpan.FromMilliseconds(1), MaxEnergyJoules = 1e-6 }, "coverage:", "latency:", "energy:");

    [TestCase(1.5, null, null, null, "coverage = 1.5; expected a part of the operators, 0 to 1")]
    [TestCase(double.NaN, null, null, null, "coverage = NaN")]
    [TestCase(null, 0.0, null, null, "maxLatency = 0; expected a time above 0")]
    [TestCase(null, null, -1.0, null, "maxEnergy = -1; expected joules above 0")]
    [TestCase(null, null, double.NaN, null, "maxEnergy = NaN")]
    [TestCase(null, null, null, 0, "maxSegments = 0; expected at least 1")]
    public void Check_Impossible_SaysWhatIsExpected(double? coverage, double? seconds, double? joules, int? segments, string expected)
    {
        var required = new PlanRequirements { Coverage = coverage, MaxLatency = seconds is { } time ? TimeSpan.FromSeconds(time) : null, MaxEnergyJoules = joules, MaxSegments = segments };
        Assert.That(() => required.Check(Mixed), Throws.TypeOf<PlanRequirementException>().With.Message.StartsWith("No plan can hold " + expected));
    }

    [Test]
    public void Check_UnknownDevice_NamesTheKnown() =>
        Assert.That(() => new PlanRequirements { Device = "tpu" }.Check(Mixed), Throws.TypeOf<PlanRequirementException>().With.Message.Contains("the devices here are cpu, npu, dsp"));

    [Test]
    public void Load_RequirementThatHolds_Loads()
    {
        using var model = Runtime.Load(FileOf(AddRelu()), LoadOptions.Default.Require(maxLatency: TimeSpan.FromSeconds(1), maxSegments: 1));
        Assert.That(model.Plan.Steps, Has.Length.EqualTo(1));
    }

    [Test]
    public void Load_RequirementThatDoesNot_FailsForFilesAndBundles()
    {
        var options = LoadOptions.Default.Require(coverage: 0.5);
        var path = FileOf(AddRelu());
        Assert.That(() => Runtime.Load(path, options), Throws.TypeOf<PlanRequirementException>().With.Message.Contains("2 × there is no such device here: Add Add_sum, Relu Relu_y"));
        using var model = Runtime.Load(path);
        model.Save(path + PlanBundle.Extension);
        Assert.That(() => Runtime.Load(path + PlanBundle.Extension, options), Throws.TypeOf<PlanRequirementException>());
    }

    [Test]
    public void Load_SymbolicModel_IsCheckedWhenItIsCompiled()
    {
        using var model = Runtime.Load(FileOf(DoubleBatch()), LoadOptions.Default.Require(coverage: 1));
        Assert.That(() => model.Run<float>(new float[6]), Throws.TypeOf<PlanRequirementException>());
    }

    private static void Refused(PlanRequirements required, params string[] parts)
    {
        var message = Assert.Throws<PlanRequirementException>(() => required.Check(Mixed))!.Message;
        Assert.That(message, Does.StartWith("The plan of 'there-and-back' (profile 'hub') is not what was required:"));
        Assert.Multiple(() => Array.ForEach(parts, part => Assert.That(message, Does.Contain(part))));
    }

    private static Plan Make()
    {
        var plan = TestPlans.ThereAndBack();
        DeviceAnswer Yes(string device) => new(device, 1e-3, null, null);
        DeviceAnswer No(string device) => new(device, double.NaN, "operator", "not here");
        return plan with
        {
            Report = plan.Report with
            {
                Operators =
                [
                    new OperatorReport("conv", "QDQ Conv", "npu", 0, new PredictedCost(1e-3, 1e-6, 16), [Yes("cpu"), Yes("npu"), No("dsp")]),
                    new OperatorReport("soft", "Softmax", "cpu", 1, new PredictedCost(2e-3, 5e-6, 16), [Yes("cpu"), No("npu"), No("dsp")]) { Reads = [0] },
                    new OperatorReport("act", "Relu", "cpu", 1, new PredictedCost(1e-4, 1e-7, 16), [Yes("cpu"), Yes("npu"), No("dsp")]) { Reads = [1] },
                ],
            },
        };
    }
}
