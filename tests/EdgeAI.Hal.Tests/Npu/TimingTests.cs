using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Hal.Tests.Npu;

/// <summary>Cycles computed by hand from the formulas of docs/npu.md, on a machine of small round numbers.</summary>
public sealed class TimingTests
{
    private static readonly NpuConfiguration Machine = NpuConfiguration.Edge1k with
    {
        Rows = 4,
        Columns = 4,
        AccumulatorDepth = 8,
        DramBytesPerCycle = 4,
        DramLatencyCycles = 10,
        DramBurstBytes = 8,
        SramPortBytes = 8,
        VectorLanes = 4,
        VectorLatencyCycles = 2,
        FetchCyclesPerWord = 1,
    };

    [Test]
    public void Copy_TwentyBytes_TakesLatencyAndThreeBursts()
    {
        // 10 words are fetched by cycle 10; latency 10, then 3 bursts of 8 bytes at 4 bytes per cycle.
        var schedule = Predict("copy@DmaIn source=r1+0x0 destination=r0+0x0 run=20\nend");
        Assert.That((schedule.Commands[0].Start, schedule.Commands[0].End), Is.EqualTo((10, 26)));
        Assert.That(schedule.Commands[0].Cost, Is.EqualTo(new NpuCost(16, 6, SramBytes: 20, DramBytes: 24)));
    }

    [Test]
    public void Copy_PlanesToPixels_IsLimitedByTheSramSide()
    {
        // 3 planes of 6 bytes side by side in DRAM: one run of 18 bytes, 3 bursts; in SRAM 18 runs of 1 byte, 18 cycles.
        var schedule = Predict("copy@DmaIn source=r1+0x0 destination=r0+0x0 run=1 loop2.count=3 loop2.source=6 loop2.destination=1 loop3.count=6 loop3.source=1 loop3.destination=3\nend");
        Assert.That(schedule.Commands[0].Cost, Is.EqualTo(new NpuCost(28, 6, SramBytes: 18, DramBytes: 24)));
    }

    [Test]
    public void Copy_ScatteredInDram_PaysAWholeBurstPerByte() =>
        Assert.That(
            Predict("copy@DmaIn source=r1+0x0 destination=r0+0x0 run=1 loop3.count=5 loop3.source=100 loop3.destination=1\nend").Commands[0].Cost,
            Is.EqualTo(new NpuCost(20, 10, SramBytes: 5, DramBytes: 40)));

    [Test]
    public void Convolution_TwoFoldsEachWayAndTwoPixelBlocks_HasTheClosedForm()
    {
        // K = 6: folds of 4 and 2 rows; N = 5: 2 column folds; 10 pixels: blocks of 8 and 2.
        // Block of 8: 8 + 8; block of 2: max(2,4) + max(2,2); so 22 per column fold, 44; fill 4 and drain 4 + 4 − 2: 54.
        var cost = Timing.Convolution(Machine, pixels: 10, reduction: 6, outputs: 5);
        Assert.That((cost.Cycles, cost.Macs), Is.EqualTo((54, 300)));
        Assert.That(cost.SramBytes, Is.EqualTo((10 * 6 * 2) + (2 * 6 * 5) + (10 * 5)));
    }

    [Test]
    public void Depthwise_NineTapsSixChannels_UsesTapsAsRows()
    {
        // 9 taps: folds of 4, 4, 1 rows; 6 channels: 2 column folds; 5 pixels: 5 + 5 + 5; fill 4, drain 4 + 4 − 2.
        var cost = Timing.Depthwise(Machine, pixels: 5, taps: 9, channels: 6);
        Assert.That((cost.Cycles, cost.Macs), Is.EqualTo((40, 270)));
    }

    [Test]
    public void Vector_TenDenseElements_TakesThreeGroups()
    {
        var schedule = Predict("add first=r0+0x0 first.height=1 first.width=5 first.channels=2 first.row=10 first.pixel=2 first.channel=1 second=r0+0x10 second.height=1 second.width=5 second.channels=2 second.row=10 second.pixel=2 second.channel=1 output=r0+0x20 output.height=1 output.width=5 output.channels=2 output.row=10 output.pixel=2 output.channel=1\nend");
        Assert.That(schedule.Commands[0].Cost, Is.EqualTo(new NpuCost(5, VectorSteps: 10, SramBytes: 30)));
    }

    [Test]
    public void DmaEngines_BothTransferring_ShareTheBandwidthEvenly()
    {
        // 80 bytes are 20 cycles alone. In: fetched at 10, transfers from 20; out: fetched at 20, from 30. At 30 in has 10 left, which take 20 at half speed.
        var schedule = Predict("""
            copy@DmaIn source=r1+0x0 destination=r0+0x0 run=80
            copy@DmaOut source=r0+0x100 destination=r2+0x0 run=80
            end
            """);
        Assert.That(schedule.Commands.Select(command => (command.Start, command.End)).Take(2), Is.EqualTo(new[] { (10L, 50L), (20L, 60L) }));
        Assert.That(schedule.TotalCycles, Is.EqualTo(60));
        Assert.That(schedule.BusyCycles, Is.EqualTo(new long[] { 40, 40, 0, 0 }));
    }

    [Test]
    public void Semaphores_WaitForTwoSignals_StartsAfterTheSecond()
    {
        var schedule = Predict("""
            copy@DmaIn source=r1+0x0 destination=r0+0x0 run=8
            signal@DmaIn semaphore=3
            copy@DmaIn source=r1+0x8 destination=r0+0x8 run=8
            signal@DmaIn semaphore=3
            wait@DmaOut semaphore=3 value=2
            copy@DmaOut source=r0+0x0 destination=r2+0x0 run=16
            end
            """);
        // First copy 10…22 (latency 10, one burst of 2 cycles), second 22…34, the other engine from 36, when its own command has been fetched.
        Assert.That(schedule.Commands[2].End, Is.EqualTo(34));
        Assert.That((schedule.Commands[5].Start, schedule.Commands[5].End), Is.EqualTo((36, 50)));
    }

    [Test]
    public void Semaphores_NobodySignals_IsReportedAsDeadlock() =>
        Assert.That(
            () => Predict("signal@DmaIn semaphore=1\nwait@Mac semaphore=1 value=2\nend"),
            Throws.InstanceOf<ExecutableFormatException>().With.Message.EqualTo("NPU command 1: Mac waits for semaphore 1 to reach 2, but it stops at 1: the stream deadlocks."));

    [Test]
    public void Layers_OfAnySourceMap_AddUpToTheTotals()
    {
        var schedule = Predict("""
            copy@DmaIn source=r1+0x0 destination=r0+0x0 run=80
            copy@DmaOut source=r0+0x100 destination=r2+0x0 run=40
            copy@DmaIn source=r1+0x50 destination=r0+0x50 run=9
            fill@DmaOut destination=r0+0x200 run=100 value=1
            end
            """);
        var layers = schedule.Layers([new(0, 1, "a"), new(1, 2, "b"), new(2, 4, "a")]);
        Assert.Multiple(() =>
        {
            Assert.That(layers.Sum(layer => layer.ElapsedCycles), Is.EqualTo(schedule.TotalCycles));
            Assert.That(layers.Sum(layer => layer.Femtojoules), Is.EqualTo(schedule.Femtojoules));
            Assert.That(layers.Sum(layer => layer.Commands), Is.EqualTo(5));
            Assert.That(layers.Select(layer => layer.Cost).Aggregate((left, right) => left + right), Is.EqualTo(schedule.Cost));
            for (var engine = 0; engine < NpuEngines.Count; engine++)
            {
                Assert.That(layers.Sum(layer => layer.BusyCycles[engine]), Is.EqualTo(schedule.BusyCycles[engine]));
            }
        });
    }

    [Test]
    public void Presets_Each_IsValidAndFoundByName()
    {
        var all = NpuConfiguration.Presets.Concat(NpuConfiguration.References).ToList();
        Assert.That(all.Select(preset => NpuConfiguration.ByName(preset.Validate().Name)), Is.EqualTo(all));
    }

    [Test]
    public void ByName_Unknown_ListsThePresets() =>
        Assert.That(() => NpuConfiguration.ByName("giga"), Throws.InstanceOf<EdgeAI.Hal.DeviceUnavailableException>().With.Message.Contains("micro-128, micro-256, edge-1k, phone-4k"));

    private static NpuSchedule Predict(string text) => Timing.Predict(Assembler.Parse(text), Machine);
}
