using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Hal.Tests.Npu;

/// <summary>The container: everything comes back, nothing damaged gets in.</summary>
public sealed class NpuImageTests
{
    private static readonly ExecutableSignature Signature = new(
        [new TensorSpec("x", DataType.UInt8, new Shape(1, 3))], [new TensorSpec("y", DataType.Float32, new Shape(2))]);

    [Test]
    public void Executable_WrittenAndRead_KeepsEverything()
    {
        var image = Image();
        var back = NpuImage.FromExecutable(image.ToExecutable(Signature, []));
        Assert.Multiple(() =>
        {
            Assert.That(back.ConfigurationName, Is.EqualTo("edge-1k"));
            Assert.That((back.SramBytes, back.ScratchBytes), Is.EqualTo((4096, 77)));
            Assert.That(back.InputBytes, Is.EqualTo(image.InputBytes));
            Assert.That(back.OutputBytes, Is.EqualTo(image.OutputBytes));
            Assert.That(back.Commands.ToArray(), Is.EqualTo(image.Commands.ToArray()));
            Assert.That(back.Constants.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
        });
    }

    [Test]
    public void Read_EverySingleDamagedByte_IsRefused()
    {
        var code = Image().Write();
        for (var i = 0; i < code.Length; i++)
        {
            var damaged = code.ToArray();
            damaged[i] ^= 0x10;
            Assert.That(() => NpuImage.Read(damaged, new byte[] { 1, 2, 3 }), Throws.InstanceOf<ExecutableFormatException>(), $"byte {i}");
        }
    }

    [Test]
    public void Read_EveryTruncation_IsRefused()
    {
        var code = Image().Write();
        for (var length = 0; length < code.Length; length++)
        {
            Assert.That(() => NpuImage.Read(code.AsMemory(0, length), new byte[] { 1, 2, 3 }), Throws.InstanceOf<ExecutableFormatException>(), $"length {length}");
        }
    }

    [Test]
    public void Read_OtherConstants_SaysWhatIsDamaged()
    {
        var code = Image().Write();
        Assert.That(() => NpuImage.Read(code, new byte[] { 1, 2, 4 }), Throws.InstanceOf<ExecutableFormatException>().With.Message.Contains("constants' checksum"));
        Assert.That(() => NpuImage.Read(code, new byte[] { 1, 2 }), Throws.InstanceOf<ExecutableFormatException>().With.Message.Contains("2 bytes of constants, its header says 3"));
    }

    [Test]
    public void FromExecutable_SignatureOfOtherSize_IsRefused()
    {
        var executable = Image().ToExecutable(Signature, []) with { Signature = new(Signature.Inputs, [new TensorSpec("y", DataType.Float32, new Shape(3))]) };
        Assert.That(() => NpuImage.FromExecutable(executable), Throws.InstanceOf<ExecutableFormatException>().With.Message.Contains("signature"));
    }

    [Test]
    public void Disassemble_WithSourceMap_NamesTheNodes() =>
        Assert.That(Image().Disassemble([new SourceRange(0, 1, "conv_7")]), Is.EqualTo("; conv_7\nend@DmaIn\n"));

    private static NpuImage Image() => new("edge-1k", 4096, 77, [3], [8], Assembler.Assemble("end"), new byte[] { 1, 2, 3 });
}
