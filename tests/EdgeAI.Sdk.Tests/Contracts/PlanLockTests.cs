using System.Text;
using EdgeAI.Hal;
using EdgeAI.Runtime;
using EdgeAI.Sdk.Tests.Runtime;

namespace EdgeAI.Sdk.Tests.Contracts;

/// <summary>Contracts: written, read, compared; files of anybody.</summary>
public sealed class PlanLockTests
{
    private static Plan Plan { get; } = TestPlans.ThereAndBack();

    [Test]
    public void WriteThenRead_AContract_GivesEqualBytes()
    {
        var bytes = Bytes(PlanLock.Of(Plan));
        Assert.That(Bytes(PlanLock.Read(bytes)), Is.EqualTo(bytes));
        Assert.That(Encoding.UTF8.GetString(bytes), Does.Contain("\"segments\": 1").And.Contain("\"npu\": 1"));
    }

    [Test]
    public void Compare_TheSamePlan_FindsNothing() => Assert.That(PlanLock.Of(Plan).Compare(Plan), Is.Empty);

    [Test]
    public void Compare_OperatorMovedToTheHost_IsWorseAndNamed()
    {
        var found = PlanLock.Of(Plan).Compare(Moved(Plan, "cpu"));
        Assert.That(found.Select(difference => (difference.What, difference.IsWorse)), Is.EqualTo(new[] { ("coverage", true) }));
        Assert.That(found[0].Text, Is.EqualTo("1 of 1 operators ran on other devices than 'cpu'; now 0 of 1\n  QDQ Conv conv: npu → cpu"));
    }

    [Test]
    public void Compare_OperatorMovedBack_IsNoLoss() =>
        Assert.That(PlanLock.Of(Moved(Plan, "cpu")).Compare(Plan).Single().IsWorse, Is.False);

    [TestCase(1.04, 0.05, false)]
    [TestCase(1.06, 0.05, true)]
    [TestCase(1.001, 0, true)]
    [TestCase(0.5, 0, false)]
    public void Compare_OtherTime_IsWorseBeyondTheTolerance(double factor, double tolerance, bool isWorse)
    {
        var found = PlanLock.Of(Plan).Compare(Slower(Plan, factor), tolerance);
        Assert.That(found.Select(difference => difference.What), Is.EquivalentTo(new[] { "latency", "energy" }));
        Assert.That(found.Select(difference => difference.IsWorse), Is.All.EqualTo(isWorse));
    }

    [Test]
    public void Compare_MoreSegments_IsWorse()
    {
        var more = Plan with { Steps = Plan.Steps.Insert(2, Plan.Steps[1] with { Predicted = default }) };
        var found = PlanLock.Of(Plan).Compare(more).Single();
        Assert.That((found.What, found.IsWorse, found.Text), Is.EqualTo(("segments", true, "1 → 2 executables started per inference")));
    }

    [Test]
    public void Compare_OtherModelOrProfile_IsRefused() =>
        Assert.That(() => PlanLock.Of(Plan).Compare(Plan with { Profile = "phone" }), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("under profile 'hub'; the plan is of 'there-and-back' under 'phone'"));

    [Test]
    public void Compare_ImpossibleTolerance_IsRefused([Values(-0.1, double.NaN)] double tolerance) =>
        Assert.That(() => PlanLock.Of(Plan).Compare(Plan, tolerance), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [TestCase("{", "")]
    [TestCase("null", "")]
    [TestCase("[]", "")]
    [TestCase("{\"format\": 1}", "")]
    public void Read_NotAContract_SaysHowToMakeOne(string json, string part) => Refused(json, part);

    [TestCase("\"format\": 1", "\"format\": 2", "format 2; this library reads 1")]
    [TestCase("\"segments\": 1", "\"segments\": -1", "'segments' is -1")]
    [TestCase("\"segments\": 1", "\"segments\": \"many\"", "$.segments")]
    [TestCase("\"segments\": 1", "\"segment\": 1", "segment")]
    [TestCase("\"segments\": 1", "\"segments\": 1, \"segments\": 1", "segments")]
    [TestCase("\"npu\": 1", "\"npu\": -1", "'coverage' has a negative count")]
    [TestCase("\"predictedSeconds\": 0.003", "\"predictedSeconds\": -1", "'predictedSeconds' is -1")]
    [TestCase("\"predictedSeconds\": 0.003", "\"predictedSeconds\": 1e999", "predictedSeconds")]
    [TestCase("\"predictedSeconds\": 0.003", "\"predictedSeconds\": NaN", "")]
    [TestCase("\"node\": \"conv\"", "\"node\": null", "node")]
    public void Read_OnePropertyWrong_NamesIt(string found, string replacement, string part)
    {
        var json = Encoding.UTF8.GetString(Bytes(PlanLock.Of(Plan)));
        Assert.That(json, Does.Contain(found));
        Refused(json.Replace(found, replacement, StringComparison.Ordinal), part);
    }

    [Test]
    public void Read_MutatedBytes_GivesAContractOrItsError([Values(5, 6)] int seed)
    {
        var bytes = Bytes(PlanLock.Of(Plan));
        var random = new Random(seed);
        for (var round = 0; round < 3000; round++)
        {
            var mutated = bytes.AsSpan(0, random.Next(3) == 0 ? random.Next(bytes.Length) : bytes.Length).ToArray();
            for (var i = random.Next(1, 4); i > 0 && mutated.Length > 0; i--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = PlanLock.Read(mutated).Compare(Plan);
            }
            catch (ExecutableFormatException error)
            {
                Assert.That(error.Message, Does.StartWith("Plan lock: "), $"seed {seed}, round {round}");
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}, round {round}: {error}");
            }
        }
    }

    private static void Refused(string json, string part) => Assert.That(
        () => PlanLock.Read(Encoding.UTF8.GetBytes(json)), Throws.TypeOf<ExecutableFormatException>().With.Message.StartsWith("Plan lock: ").And.Message.Contains(part).And.Message.EndsWith("'edgeai plan MODEL --lock FILE'."));

    private static Plan Moved(Plan plan, string device) =>
        plan with { Report = plan.Report with { Operators = [.. plan.Report.Operators.Select(row => row with { Device = device })] } };

    private static Plan Slower(Plan plan, double factor) => plan with
    {
        Steps = [.. plan.Steps.Select(step => step with { Predicted = new PredictedCost(step.Predicted.Seconds * factor, step.Predicted.EnergyJoules * factor, step.Predicted.BytesMoved) })],
    };

    private static byte[] Bytes(PlanLock contract)
    {
        using var stream = new MemoryStream();
        contract.Write(stream);
        return stream.ToArray();
    }
}
