using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>Hand-written streams: results and cycles computed on paper.</summary>
public sealed class StreamTests
{
    /// <summary>Round numbers: 4×4 MACs, DRAM 4 bytes per cycle in bursts of 8 after 10 cycles, 4 lanes after 2.</summary>
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
        SramBytes = 4096,
    };

    [Test]
    public void Convolution_ThreeByThreeWithPadding_GivesHandComputedValuesAndCycles()
    {
        // Input 3×3 of 1…9, kernel of ones, padding 1: sums of neighbourhoods.
        var constants = Constants(taps: 9, weights: [1, 1, 1, 1, 1, 1, 1, 1, 1]);
        var (output, cycles) = Run($"""
            copy@DmaIn source=r3+0x0 destination=r0+0x0 run=9
            copy@DmaIn source=r1+0x0 destination=r0+0x100 run={constants.Length}
            signal@DmaIn semaphore=0
            wait@Mac semaphore=0 value=1
            convolution {Map("input", 0, 3, 3, 1)} {Map("output", 0x40, 3, 3, 1)} kernel.height=3 kernel.width=3 stride.y=1 stride.x=1 dilation.y=1 dilation.x=1 pad.top=1 pad.left=1 groups=1 maximum=255 weights=r0+0x100 table=r0+0x{0x100 + constants.Length - 16:x}
            signal@Mac semaphore=1
            wait@DmaOut semaphore=1 value=1
            copy@DmaOut source=r0+0x40 destination=r4+0x0 run=9
            end
            """, constants, [1, 2, 3, 4, 5, 6, 7, 8, 9], 9);
        Assert.That(output, Is.EqualTo(new byte[] { 12, 21, 16, 27, 45, 33, 24, 39, 28 }));

        // Copy of 9 bytes: 10…24 (latency 10, 2 bursts of 2). Weights and table, 592 bytes: 24…182 (10 + 74 bursts of 2).
        // Convolution: 9 taps in folds of 4, 4, 1 rows; pixels in blocks of 8 and 1: (8+8+8) + (4+4+1) = 33; fill 4, drain 4 + 1 − 2: 40.
        // It starts at 182, ends at 222; the copy out takes 10 + 4.
        Assert.That(cycles, Is.EqualTo(236));
    }

    [Test]
    public void Depthwise_TwoChannels_KeepsThemApart()
    {
        // A 1×2 kernel: channel 0 takes the left pixel, channel 1 twice the right one.
        var constants = Constants(taps: 2, weights: [1, 0, 0, 2], depthwise: true);
        var (output, _) = Run($"""
            copy@DmaIn source=r3+0x0 destination=r0+0x0 run=6
            copy@DmaIn source=r1+0x0 destination=r0+0x100 run={constants.Length}
            signal@DmaIn semaphore=0
            wait@Mac semaphore=0 value=1
            convolution +Depthwise {Map("input", 0, 1, 3, 2)} {Map("output", 0x40, 1, 2, 2)} kernel.height=1 kernel.width=2 stride.y=1 stride.x=1 dilation.y=1 dilation.x=1 groups=2 maximum=255 weights=r0+0x100 table=r0+0x140
            signal@Mac semaphore=1
            wait@DmaOut semaphore=1 value=1
            copy@DmaOut source=r0+0x40 destination=r4+0x0 run=4
            end
            """, constants, [1, 10, 2, 20, 3, 30], 4);
        Assert.That(output, Is.EqualTo(new byte[] { 1, 40, 2, 60 }));
    }

    [Test]
    public void Copy_PlanesToPixelsAndBack_Transposes()
    {
        var (output, _) = Run("""
            copy@DmaIn source=r3+0x0 destination=r0+0x0 run=1 loop2.count=2 loop2.source=3 loop2.destination=1 loop3.count=3 loop3.source=1 loop3.destination=2
            signal@DmaIn semaphore=0
            wait@DmaOut semaphore=0 value=1
            copy@DmaOut source=r0+0x0 destination=r4+0x0 run=6
            end
            """, [], [1, 2, 3, 10, 20, 30], 6);
        Assert.That(output, Is.EqualTo(new byte[] { 1, 10, 2, 20, 3, 30 }));
    }

    [Test]
    public void Fill_FourNestedLoops_TouchesOnlyItsBytes()
    {
        var (output, _) = Run("""
            fill@DmaIn destination=r4+0x0 run=20 value=7
            fill@DmaIn destination=r4+0x1 run=1 value=9 loop0.count=2 loop0.destination=10 loop1.count=2 loop1.destination=4 loop2.count=2 loop2.destination=2
            end
            """, [], [0], 20);
        Assert.That(output, Is.EqualTo(new byte[] { 7, 9, 7, 9, 7, 9, 7, 9, 7, 7, 7, 9, 7, 9, 7, 9, 7, 9, 7, 7 }));
    }

    [Test]
    public void Stream_WithoutItsWait_ComputesOnOldMemoryAsSiliconWould()
    {
        const string Body = "table_lookup input=r0+0x0 input.height=1 input.width=1 input.channels=4 input.row=4 input.pixel=4 input.channel=1 output=r0+0x40 output.height=1 output.width=1 output.channels=4 output.row=4 output.pixel=4 output.channel=1 table=r0+0x100";
        string Text(string wait) => $"""
            copy@DmaIn source=r3+0x0 destination=r0+0x100 run=256
            fill@DmaIn destination=r0+0x0 run=4 value=1
            copy@DmaIn source=r3+0x8 destination=r0+0x0 run=4
            signal@DmaIn semaphore=0
            {wait}
            {Body}
            signal@Vector semaphore=1
            wait@DmaOut semaphore=1 value=1
            copy@DmaOut source=r0+0x40 destination=r4+0x0 run=4
            end
            """;
        var identity = Enumerable.Range(0, 256).Select(value => (byte)value).ToArray();
        Assert.That(Run(Text("wait@Vector semaphore=0 value=1"), [], identity, 4).Output, Is.EqualTo(new byte[] { 8, 9, 10, 11 }));
        Assert.That(Run(Text("; no wait"), [], identity, 4).Output, Is.EqualTo(new byte[4]));
    }

    [Test]
    public void Counters_AfterARun_HoldWhatTheScheduleSays()
    {
        using var npu = new SimulatedNpu(Machine);
        using var stream = npu.Map(8 * 20);
        var text = Assembler.Assemble("fill@DmaIn destination=r0+0x0 run=64 value=1\nend");
        unsafe
        {
            text.Span.CopyTo(new Span<byte>((void*)stream.HostAddress, 160));
        }

        npu.Write(NpuRegister.CommandBase, stream.DeviceAddress);
        npu.Write(NpuRegister.CommandBytes, (ulong)text.Length);
        npu.Write(NpuRegister.SramLimit, 64);
        npu.Write(NpuRegister.RegionBase + 2, stream.DeviceAddress);
        npu.Write(NpuRegister.RegionBase + 4, stream.DeviceAddress);
        npu.Write(NpuRegister.Doorbell, 1);
        Assert.That(npu.Read(NpuRegister.Status), Is.EqualTo((ulong)NpuStatus.Running));
        Assert.That(npu.WaitForInterrupt(1000, default), Is.True);
        Assert.Multiple(() =>
        {
            Assert.That(npu.Read(NpuRegister.Status), Is.EqualTo((ulong)NpuStatus.Done));
            Assert.That(npu.Read(NpuRegister.Cycles), Is.EqualTo(9 + 8), "9 words fetched, 64 bytes over an 8-byte port");
            Assert.That(npu.Read(NpuRegister.BusyCycles), Is.EqualTo(8));
            Assert.That(npu.Read(NpuRegister.Progress), Is.EqualTo(2));
            Assert.That(npu.Read(NpuRegister.DramBytes), Is.Zero);
        });
    }

    [TestCase("fill@DmaIn destination=r0+0x0 run=65\nend", NpuError.Bus, 0)]
    [TestCase("signal@Mac semaphore=1\nfill@Mac destination=r0+0x0 run=6\nend", NpuError.Bus, 1)]
    [TestCase("signal@Mac semaphore=1", NpuError.CommandParse, 0)]
    public void Doorbell_StreamThatNoDriverVerified_FaultsTheDevice(string text, NpuError error, int command)
    {
        using var npu = new SimulatedNpu(Machine);
        using var stream = npu.Map(4096);
        var bytes = Assembler.Assemble(text);
        unsafe
        {
            bytes.Span.CopyTo(new Span<byte>((void*)stream.HostAddress, 4096));
        }

        npu.Write(NpuRegister.CommandBase, stream.DeviceAddress);
        npu.Write(NpuRegister.CommandBytes, (ulong)bytes.Length);
        npu.Write(NpuRegister.SramLimit, 64);
        npu.Write(NpuRegister.RegionBase + 2, stream.DeviceAddress);
        npu.Write(NpuRegister.RegionBase + 4, stream.DeviceAddress);
        npu.Write(NpuRegister.Doorbell, 1);
        npu.WaitForInterrupt(1000, default);
        Assert.That((NpuStatus)npu.Read(NpuRegister.Status), Is.EqualTo(NpuStatus.Faulted));
        Assert.That((NpuError)npu.Read(NpuRegister.Error), Is.EqualTo(error));
        Assert.That(npu.Read(NpuRegister.ErrorCommand), Is.EqualTo((ulong)command));
        npu.Write(NpuRegister.Doorbell, 1);
        Assert.That((NpuStatus)npu.Read(NpuRegister.Status), Is.EqualTo(NpuStatus.Faulted), "only a reset helps");
        npu.Write(NpuRegister.Reset, 1);
        Assert.That((NpuStatus)npu.Read(NpuRegister.Status), Is.EqualTo(NpuStatus.Idle));
    }

    /// <summary>Packed weights and a table of bias 0 and multiplier 1 for one output channel (dense) or two (depthwise).</summary>
    private static byte[] Constants(int taps, sbyte[] weights, bool depthwise = false)
    {
        var channels = depthwise ? 2 : 1;
        var packed = new byte[depthwise ? WeightPacking.DepthwiseBytes(2, taps) : WeightPacking.DenseBytes(1, 1, taps, 1)];
        if (depthwise)
        {
            WeightPacking.PackDepthwise(weights, packed, 2, taps);
        }
        else
        {
            WeightPacking.PackDense(weights, packed, 1, 1, 1, taps);
        }

        var table = new byte[16];
        for (var channel = 0; channel < channels; channel++)
        {
            BitConverter.TryWriteBytes(table.AsSpan(4 * (channels + channel)), 1f);
        }

        return [.. packed, .. table];
    }

    private static string Map(string name, int offset, int height, int width, int channels) =>
        $"{name}=r0+0x{offset:x} {name}.height={height} {name}.width={width} {name}.channels={channels} {name}.row={width * channels} {name}.pixel={channels} {name}.channel=1";

    private static (byte[] Output, long Cycles) Run(string text, byte[] constants, byte[] input, int outputBytes)
    {
        var image = new NpuImage("test", 4096, 0, [input.Length], [outputBytes], Assembler.Assemble(text), constants);
        var signature = new ExecutableSignature([new("x", DataType.UInt8, new Shape(input.Length))], [new("y", DataType.UInt8, new Shape(outputBytes))]);
        using var device = new NpuDevice(new SimulatedNpu(Machine));
        using var loaded = device.Load(image.ToExecutable(signature, []));
        using var bound = device.Allocate(input.Length);
        bound.Write(0, input);
        using var run = loaded.Prepare([new(bound)], [default]);
        var statistics = run.Execute();
        var output = new byte[outputBytes];
        run.Output(0).Buffer!.Read(0, output);
        return (output, statistics.Cycles);
    }
}
