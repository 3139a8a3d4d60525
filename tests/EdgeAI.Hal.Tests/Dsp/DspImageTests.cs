using System.Buffers.Binary;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Hal.Tests.Dsp;

public sealed class DspImageTests
{
    private const string EveryInstruction =
        """
        .image scratch=4096 tcm=65536 constants=[1024,8] inputs=[65536] outputs=[65536,16]
        loop [2,3,64] reduce=2 horizontal tile=64
          stream constant0+0:Float32[0,0,1]
          stream output0+128:Float32[1,0,0]
          load r0 s0
          const r1 #0x7FC00000
          fma r2 r0 #-1.5 r1
          select r3 r0 r1 r2
          maxnum r3 r3 #-128
          erf r4 r3
          accsum r5 r4
         epilogue
          div r6 r5 #3
          store s1 r6
         next
        matmul [2,3,4,8] input0+0:Float32[4,12] constant0+0:Float32[8,0] output0+0:Float32[8,24] constant0+32:Float32[0,0]
        matmul [1,3,4,8] input0+0:Float32[4,12] constant0+0:Float32[8,0] output0+0:Float32[8,24]
        fourier [1,2,160,400] onesided input0+0:Float32 [0] tcm+0:Float32 input0+4:Float32
        fourier [1,1,1,7] full input0+0:Float32 [0] tcm+0:Float32
        softmax [2,3,4] tcm+0:Float32 tcm+0:Float32
        logsoftmax [2,3,4] tcm+0:Float32 tcm+0:Float32
        copy [2,3] input0+8:Int64[-1,2] output1+8:Int64[0,0]
        fill [3] scratch+16:UInt8[-2] 0xFF
        end

        """;

    [Test]
    public void Image_EveryInstruction_SurvivesTextAndBytes()
    {
        var image = ProgramAssembler.Assemble(EveryInstruction);
        var bytes = image.ToBytes();
        var again = DspImage.Parse(bytes);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(again.ToBytes(), Is.EqualTo(bytes));
            Assert.That(again.Disassemble(), Is.EqualTo(EveryInstruction.ReplaceLineEndings("\n")));
            Assert.That((again.InstructionCount, again.ScratchBytes, again.TcmBytes), Is.EqualTo((9, 4096L, 65536L)));
        }
    }

    [Test]
    public void Image_EveryInstruction_PassesTheVerifierOfThePhonesUnit() =>
        Assert.That(() => ProgramVerifier.Verify(ProgramAssembler.Assemble(EveryInstruction), DspConfiguration.PhoneDsp), Throws.Nothing);

    [Test]
    public void Parse_TruncatedAtAnyWord_IsRefused()
    {
        var bytes = ProgramAssembler.Assemble(EveryInstruction).ToBytes();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.That(() => DspImage.Parse(bytes.AsSpan(0, length)), Throws.TypeOf<ExecutableFormatException>(), $"{length} bytes");
        }
    }

    [Test]
    public void Parse_RandomChangesWithTrueChecksum_ImageOrTypedError()
    {
        var original = ProgramAssembler.Assemble(EveryInstruction).ToBytes();
        var random = new Random(7);
        var (parsed, verified) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = original.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                var place = random.Next(16, bytes.Length);
                bytes[place] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => 0xFF, _ => (byte)(bytes[place] ^ (1 << random.Next(8))) };
            }

            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), DspImage.Checksum(bytes));
            try
            {
                var image = DspImage.Parse(bytes);
                parsed++;
                ProgramVerifier.Verify(image, DspConfiguration.PhoneDsp);
                Assert.That(DspTiming.Total(image, DspConfiguration.PhoneDsp).Cycles, Is.Positive);
                verified++;
            }
            catch (ExecutableFormatException)
            {
            }
        }

        Assert.That((parsed > 1000, verified > 100), Is.EqualTo((true, true)), $"{parsed} parsed, {verified} verified");
    }

    [TestCase("loop [0] reduce=0 horizontal tile=32\n next", "an extent is 0")]
    [TestCase("loop [2147483647,2147483647] reduce=0 horizontal tile=32\n next", "works on more than")]
    [TestCase("loop [4] reduce=2 horizontal tile=32\n next", "2 of 1 dimensions are reduced")]
    [TestCase("loop [4] reduce=1 vertical tile=32\n next", "keeps and reduces at least one")]
    [TestCase("loop [4] reduce=0 horizontal tile=33\n next", "tile has 33 elements")]
    [TestCase("loop [4] reduce=0 horizontal tile=32\n neg r0 r1\n next", "reads register 1")]
    [TestCase("loop [4] reduce=0 horizontal tile=32\n const r32 #1\n next", "may not write register 32")]
    [TestCase("loop [4] reduce=0 horizontal tile=32\n load r0 s0\n next", "names stream 0; there are 0")]
    [TestCase("loop [4] reduce=0 horizontal tile=32\n const r0 #1\n accsum r1 r0\n next", "nothing is reduced")]
    [TestCase("loop [4] reduce=1 horizontal tile=32\n const r0 #1\n accsum r1 r0\n add r2 r1 r1\n next", "reads register 1")]
    [TestCase("loop [4] reduce=1 horizontal tile=32\n const r0 #1\n accsum r0 r0\n next", "cannot accumulate")]
    [TestCase("loop [4] reduce=1 horizontal tile=32\n const r0 #1\n accsum r1 r0\n epilogue\n add r2 r0 r0\n next", "reads register 0")]
    [TestCase("loop [4] reduce=0 horizontal tile=32\n stream input0+0:Int64[1]\n next", "does not convert")]
    [TestCase("loop [17] reduce=0 horizontal tile=32\n stream input0+0:Float32[1]\n next", "touches bytes 0 to 68 of input0, which has 64")]
    [TestCase("loop [2] reduce=0 horizontal tile=32\n stream input0+0:Float32[-1]\n next", "touches bytes -4 to 4")]
    [TestCase("loop [4] reduce=0 horizontal tile=32\n stream input0+0:Float32[9223372036854775807]\n next", "touches bytes 0 to")]
    [TestCase("loop [1] reduce=0 horizontal tile=1048576\n stream input0+0:Float32[1]\n next", "8388608 bytes of tiles")]
    [TestCase("matmul [1,1,1,17] input0+0:Float32[1,0] input0+0:Float32[17,0] output0+0:Float32[17,0]", "operand b touches")]
    [TestCase("matmul [1,1,1,1] input0+0:Int32[1,0] input0+0:Float32[1,0] output0+0:Float32[1,0]", "type is Int32; expected Float32")]
    [TestCase("fourier [1,1,1,16] onesided input0+0:Float32 [0] output0+0:Float32", "operand output touches bytes 0 to 72")]
    [TestCase("fourier [1,1,0,2] onesided input0+0:Float32 [0] output0+0:Float32", "hop is 0")]
    [TestCase("softmax [1,17,1] input0+0:Float32 output0+0:Float32", "operand source touches")]
    [TestCase("copy [2] input0+0:UInt8[1] output0+0:Int8[1]", "does not convert")]
    [TestCase("fill [2] input0+0:UInt8[1] 0x0", "read-only")]
    [TestCase("fill [2] constant0+0:UInt8[1] 0x0", "read-only")]
    public void Verify_BrokenRule_NamesInstructionAndReason(string instruction, string reason)
    {
        var image = ProgramAssembler.Assemble(".image scratch=0 tcm=0 constants=[64] inputs=[64] outputs=[64]\n" + instruction);
        Assert.That(
            () => ProgramVerifier.Verify(image, DspConfiguration.HubDsp),
            Throws.TypeOf<ExecutableFormatException>().With.Message.Contains(reason).And.Message.StartsWith("DSP instruction 0 ("));
    }
}
