using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Hal.Tests.Dsp;

/// <summary>Cycles by hand, on two threads of 16 lanes with 8 bytes per cycle (hub) unless said otherwise.</summary>
public sealed class DspTimingTests
{
    [Test]
    public void Loop_ThousandElementsInTiles_OverlapsDmaAndCompute()
    {
        // 63 steps × 3 slots + 2 per row = 191 slots on 2 threads: C = 96. 8,000 bytes: D = 1,000.
        // Half of 2·256·8 bytes per tile: 4 tiles. 24 + 1,000 + ⌈96/4⌉.
        var cost = Cost("loop [1000] reduce=0 horizontal tile=256\n stream input0+0:Float32[1]\n stream output0+0:Float32[1]\n load r0 s0\n neg r1 r0\n store s1 r1\n next");
        Assert.That((cost.Cycles, cost.IssueSlots, cost.DmaBytes), Is.EqualTo((1048L, 191L, 8000L)));
    }

    [Test]
    public void Loop_OnTightlyCoupledMemory_MovesNothing()
    {
        var cost = Cost("loop [1000] reduce=0 horizontal tile=256\n stream tcm+0:Float32[1]\n stream tcm+0:Float32[1]\n load r0 s0\n exp r1 r0\n store s1 r1\n next");
        Assert.That((cost.Cycles, cost.DmaBytes), Is.EqualTo((24L + (((63 * 14) + 2) / 2), 0L)));
    }

    [Test]
    public void Loop_Horizontal_FoldsLanesPerRow()
    {
        // 10 rows × (2 steps × 2 slots + 2) + 10 × (1 + 1·4·2) slots = 150.
        var cost = Cost("loop [10,32] reduce=1 horizontal tile=256\n stream tcm+0:Float32[32,1]\n stream tcm+0:Float32[1,0]\n load r0 s0\n accsum r1 r0\n epilogue\n store s1 r1\n next");
        Assert.That((cost.Cycles, cost.IssueSlots), Is.EqualTo((24L + 75, 150L)));
    }

    [Test]
    public void Loop_StridedLoad_CostsSlotsAndBursts()
    {
        // 2 steps × (4 + 1) + 2 slots; 32·8 + 32·4 bytes.
        var cost = Cost("loop [32] reduce=0 horizontal tile=256\n stream input0+0:Float32[2]\n stream output0+0:Float32[1]\n load r0 s0\n store s1 r0\n next");
        Assert.That((cost.IssueSlots, cost.DmaBytes), Is.EqualTo((12L, 384L)));
    }

    [Test]
    public void MatrixProduct_Small_OneSlotPerMultiplyAddVector()
    {
        var cost = Cost("matmul [1,5,7,20] tcm+0:Float32[7,0] tcm+0:Float32[20,0] tcm+0:Float32[20,0]");
        Assert.That((cost.IssueSlots, cost.Cycles), Is.EqualTo((5L * 2 * (7 + 4), 24L + 55)));
    }

    [Test]
    public void Fourier_PowerOfTwo_CountsItsStages()
    {
        // Length 16 as 8 complex = 4·2: window 1·4, stages 1·44 + 1·16, unpacking 1·14 (9 bins on 16 lanes).
        var cost = Cost("fourier [1,3,8,16] onesided tcm+0:Float32 [0] tcm+0:Float32 tcm+0:Float32");
        Assert.That(cost.IssueSlots, Is.EqualTo(3L * (4 + 44 + 16 + 14)));
    }

    [Test]
    public void Total_SecondConfiguration_IsFasterWhereItShouldBe()
    {
        var image = Image("softmax [100,40,1] input0+0:Float32 output0+0:Float32");
        var (hub, phone) = (DspTiming.Total(image, DspConfiguration.HubDsp), DspTiming.Total(image, DspConfiguration.PhoneDsp));
        Assert.That(phone.Cycles, Is.LessThan(hub.Cycles));
        Assert.That(hub.EnergyJoules, Is.GreaterThan(0));
        Assert.That(DspTiming.PerInstruction(image, DspConfiguration.HubDsp).Single(), Is.EqualTo(hub));
    }

    [Test]
    public void Configuration_WrongValues_AreRefused()
    {
        Assert.That(() => DspConfiguration.HubDsp with { VectorBits = 768 }, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("power of two"));
        Assert.That(() => DspConfiguration.HubDsp with { Threads = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => DspConfiguration.HubDsp with { ClockHertz = double.NaN }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => DspConfiguration.ByName("none"), Throws.InstanceOf<EdgeAI.Hal.DeviceUnavailableException>().With.Message.Contains("phone-dsp, hub-dsp"));
        Assert.That(DspConfiguration.ByName("hub-dsp"), Is.SameAs(DspConfiguration.HubDsp));
    }

    private static DspCost Cost(string instruction) => DspTiming.Total(Image(instruction), DspConfiguration.HubDsp);

    private static DspImage Image(string instruction) =>
        ProgramAssembler.Assemble(".image scratch=0 tcm=65536 constants=[] inputs=[65536] outputs=[65536]\n" + instruction);
}
