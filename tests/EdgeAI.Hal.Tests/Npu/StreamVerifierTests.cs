using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Hal.Tests.Npu;

/// <summary>What the driver lets run, and what it refuses with which words.</summary>
public sealed class StreamVerifierTests
{
    private const string Copy = "copy@DmaIn source=r1+0x0 destination=r0+0x0 run=16";
    private const string Maps = "input=r0+0x0 input.height=2 input.width=2 input.channels=4 input.row=8 input.pixel=4 input.channel=1 output=r0+0x100 output.height=2 output.width=2 output.channels=4 output.row=8 output.pixel=4 output.channel=1";
    private const string Unit = "kernel.height=1 kernel.width=1 stride.y=1 stride.x=1 dilation.y=1 dilation.x=1";
    private const string Convolution = $"convolution {Maps} {Unit} groups=1 maximum=255 weights=r0+0x200 table=r0+0x300";

    /// <summary>SRAM of 1024 bytes, 100 of constants, 50 of scratch, an input of 20, an output of 30.</summary>
    private static readonly RegionTable Regions = new([1024, 100, 50, 20, 30], 1);

    [TestCase(Copy)]
    [TestCase("copy@DmaOut source=r0+0x0 destination=r4+0x0 run=30")]
    [TestCase(Convolution)]
    [TestCase($"max_pool {Maps} {Unit}")]
    [TestCase("fill@DmaIn destination=r2+0x0 run=50 value=255")]
    public void Verify_RightCommand_Passes(string line) => Assert.That(() => Verify(line), Throws.Nothing);

    [TestCase("copy@DmaIn source=r1+0x0 destination=r0+0x0 run=101", "command 0 (copy): source reaches byte 101 of region 1, which has 100")]
    [TestCase("copy@DmaIn source=r3+0x5 destination=r0+0x0 run=16", "source reaches byte 21 of region 3, which has 20")]
    [TestCase("copy@DmaIn source=r9+0x0 destination=r0+0x0 run=1", "source lies in region 9, there are 5")]
    [TestCase("copy@DmaIn source=r0+0x0 destination=r1+0x0 run=1", "destination lies in region 1, which is read-only")]
    [TestCase("copy@DmaIn source=r0+0x0 destination=r3+0x0 run=1", "destination lies in region 3, which is read-only")]
    [TestCase("copy@Mac source=r1+0x0 destination=r0+0x0 run=1", "engine Mac, expected a DMA engine")]
    [TestCase("copy@DmaIn source=r1+0x0 destination=r0+0x0 run=0", "run is 0, expected 1…")]
    [TestCase("copy@DmaIn source=r1+0x0 destination=r0+0x0 run=2 loop1.count=3 loop1.destination=1", "destination stride 1 steps into 2 bytes")]
    [TestCase("copy@DmaIn source=r1+0x0 destination=r0+0x0 run=1 loop0.count=2147483647 loop0.source=2147483647", "loop reaches over")]
    [TestCase("copy@DmaIn source=r1+0x0 destination=r0+0x0 run=1 loop3.count=2 loop3.source=-1 loop3.destination=1", "source stride is -1")]
    [TestCase("wait@Mac semaphore=32", "semaphore is 32, expected 0…31")]
    [TestCase("signal@Mac semaphore=0 reserved=1", "reserved is 1")]
    [TestCase($"convolution {Maps} {Unit} groups=3 maximum=255 weights=r0+0x200 table=r0+0x300", "4 input and 4 output channels do not divide into 3 groups")]
    [TestCase($"convolution +Depthwise {Maps} {Unit} groups=2 maximum=255 weights=r0+0x200 table=r0+0x300", "depthwise with 4 input and 4 output channels in 2 groups")]
    [TestCase($"convolution {Maps} {Unit} groups=1 maximum=255 weights=r0+0x201 table=r0+0x300", "weights at offset 513, expected a multiple of 16")]
    [TestCase($"convolution {Maps} {Unit} groups=1 maximum=255 weights=r1+0x0 table=r0+0x300", "weights lies in region 1, expected SRAM (0)")]
    [TestCase($"convolution {Maps} {Unit} groups=1 maximum=256 weights=r0+0x200 table=r0+0x300", "maximum is 256, expected 0…255")]
    [TestCase($"convolution {Maps} {Unit} groups=1 minimum=9 maximum=8 weights=r0+0x200 table=r0+0x300", "minimum 9 is above maximum 8")]
    [TestCase($"convolution +InputSigned {Maps} {Unit} groups=1 maximum=255 pad.value=128 weights=r0+0x200 table=r0+0x300", "pad.value is 128, expected -128…127")]
    [TestCase($"convolution {Maps} {Unit} groups=1 maximum=255 weights=r0+0x3f0 table=r0+0x300", "weights reaches byte 1072 of region 0, which has 1024")]
    [TestCase($"convolution +CountIncludePad {Maps} {Unit} groups=1 maximum=255 weights=r0+0x200 table=r0+0x300", "flags CountIncludePad are not for this command")]
    [TestCase("max_pool input=r0+0x0 input.height=2 input.width=2 input.channels=4 input.row=8 input.pixel=4 input.channel=1 output=r0+0x100 output.height=2 output.width=2 output.channels=4 output.row=7 output.pixel=4 output.channel=1 " + Unit, "output overlaps itself")]
    [TestCase("max_pool input=r0+0x3fc input.height=2 input.width=2 input.channels=4 input.row=8 input.pixel=4 input.channel=1 output=r0+0x100 output.height=2 output.width=2 output.channels=4 output.row=8 output.pixel=4 output.channel=1 " + Unit, "input reaches byte 1036 of region 0")]
    [TestCase($"max_pool {Maps} kernel.height=0 kernel.width=1 stride.y=1 stride.x=1 dilation.y=1 dilation.x=1", "kernel.height is 0")]
    [TestCase($"table_lookup {Maps} table=r0+0x380", "table reaches byte 1152")]
    public void Verify_WrongCommand_IsRefusedWithReason(string line, string reason) =>
        Assert.That(() => Verify(line), Throws.InstanceOf<ExecutableFormatException>().With.Message.Contains(reason));

    [Test]
    public void Verify_LongerThanTheDeviceRuns_IsRefused() =>
        Assert.That(
            () => StreamVerifier.Verify(Assembler.Assemble($"{Copy}\nend"), Regions, NpuConfiguration.Edge1k with { LongestRunCycles = 10 }),
            Throws.InstanceOf<ExecutableFormatException>().With.Message.Contains("the device runs at most 10"));

    private static void Verify(string line) =>
        StreamVerifier.Verify(Assembler.Assemble($"{line}\nend"), Regions, NpuConfiguration.Edge1k);
}
