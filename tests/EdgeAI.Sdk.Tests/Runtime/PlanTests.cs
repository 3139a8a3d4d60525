using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Runtime;

public sealed class PlanTests
{
    [Test]
    public void WriteThenRead_AnyPlan_GivesEqualBytesAndContent()
    {
        var plan = TestPlans.ThereAndBack();
        var bytes = PlanWriter.ToBytes(plan);
        var read = PlanReader.Read(bytes);
        Assert.That(PlanWriter.ToBytes(read), Is.EqualTo(bytes));
        Assert.That(read.Tensors, Is.EqualTo(plan.Tensors));
        Assert.That(read.Executables[0].Executable.Code.ToArray(), Is.EqualTo(plan.Executables[0].Executable.Code.ToArray()));
        Assert.That(read.Executables[0].Executable.Constants[0].Data.ToArray(), Is.EqualTo(new byte[] { 9, 8 }));
        Assert.That(read.Report.Operators[0].Answers[1].Reason, Is.EqualTo("element type is UInt8; expected Float32"));
        Assert.That(read.Explain(), Is.EqualTo(plan.Explain()));
    }

    [Test]
    public void Read_MutatedBytes_NeverGivesAnythingButAPlanOrItsError([Values(1, 2, 3)] int seed)
    {
        var bytes = PlanWriter.ToBytes(TestPlans.ThereAndBack());
        var random = new Random(seed);
        for (var round = 0; round < 2000; round++)
        {
            var mutated = bytes.AsSpan(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length).ToArray();
            for (var i = random.Next(1, 4); i > 0 && mutated.Length > 0; i--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            try
            {
                PlanReader.Read(mutated).Validate();
            }
            catch (ExecutableFormatException error)
            {
                Assert.That(error.Message, Does.StartWith("Plan: "), $"seed {seed}, round {round}");
            }
        }
    }

    [Test]
    public void Read_OtherFile_SaysThatItIsNoPlan() =>
        Assert.That(() => PlanReader.Read("PK is not a plan file"u8.ToArray()), Throws.InstanceOf<ExecutableFormatException>().With.Message.Contains("not a plan file"));

    [Test]
    public void Read_Truncated_SaysSo()
    {
        var bytes = PlanWriter.ToBytes(TestPlans.ThereAndBack());
        Assert.That(() => PlanReader.Read(bytes.AsMemory(0, 100)), Throws.InstanceOf<ExecutableFormatException>().With.Message.Contains("truncated"));
    }

    [Test]
    public void Validate_TensorPastItsArena_NamesTensorAndArena()
    {
        var plan = TestPlans.ThereAndBack();
        plan = plan with { Tensors = plan.Tensors.SetItem(2, new PlanTensor(TestPlans.Y, 1, 72)) };
        Assert.That(plan.Validate, Throws.InstanceOf<ExecutableFormatException>().With.Message.EqualTo("Plan: Tensor 2 'y' at 72+16 passes the end of the arena of 80 bytes."));
    }

    [Test]
    public void Validate_ReadBeforeWrite_NamesStepAndTensor()
    {
        var plan = TestPlans.ThereAndBack();
        plan = plan with { Steps = plan.Steps.RemoveAt(0) };
        Assert.That(plan.Validate, Throws.InstanceOf<ExecutableFormatException>().With.Message.EqualTo("Plan: Step 0 reads tensor 'x' before any step writes it."));
    }

    [Test]
    public void Validate_TensorOnOtherDevice_NamesBoth()
    {
        var plan = TestPlans.ThereAndBack();
        plan = plan with { Steps = plan.Steps.SetItem(1, new RunStep(0, [0], [2], default)) };
        Assert.That(plan.Validate, Throws.InstanceOf<ExecutableFormatException>().With.Message.Contains("lies on device 'cpu'; expected 'npu'"));
    }

    [Test]
    public void Validate_ArenaBeyondItsTensors_NamesBoth()
    {
        var plan = TestPlans.ThereAndBack();
        plan = plan with { Devices = plan.Devices.SetItem(1, new PlanDevice("npu", 1L << 40)) };
        Assert.That(plan.Validate, Throws.InstanceOf<ExecutableFormatException>().With.Message.EqualTo($"Plan: Arena of device 'npu' has {1L << 40} bytes; its tensors end at 80."));
    }

    [Test]
    public void Validate_TimeThatIsNone_IsRefused()
    {
        var plan = TestPlans.ThereAndBack();
        plan = plan with { Steps = plan.Steps.SetItem(0, plan.Steps[0] with { Predicted = new PredictedCost(double.NaN, 0, 0) }) };
        Assert.That(plan.Validate, Throws.InstanceOf<ExecutableFormatException>().With.Message.Contains("Step 0 is predicted to take NaN s"));
    }

    [Test]
    public void Explain_APlan_NamesStepsReasonsAndVerdict()
    {
        var text = TestPlans.ThereAndBack().Explain();
        Assert.That(text, Does.Contain("cpu→npu").And.Contain("dsp no (float32: element type is UInt8; expected Float32)").And.Contain("optimal (elimination)").And.Contain("note: a note"));
    }
}
