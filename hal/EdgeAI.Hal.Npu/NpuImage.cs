using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeAI.Hal.Npu;

/// <summary>
/// A program for the NPU: what memory it needs and its command stream. Its bytes are the <see cref="Executable.Code"/> of format
/// <see cref="Format"/>; the constants are the executable's only blob, named <see cref="ConstantsName"/>.
/// </summary>
/// <param name="ConfigurationName">The configuration that it was compiled for; others with enough SRAM run it too, at another speed.</param>
/// <param name="SramBytes">Bytes of SRAM that it uses, from offset 0.</param>
/// <param name="ScratchBytes">Bytes of scratch DRAM that it uses.</param>
/// <param name="InputBytes">Size of each bound input.</param>
/// <param name="OutputBytes">Size of each bound output.</param>
/// <param name="Commands">The encoded stream.</param>
/// <param name="Constants">Weights and tables, read-only.</param>
public sealed record NpuImage(
    string ConfigurationName,
    long SramBytes,
    long ScratchBytes,
    ImmutableArray<long> InputBytes,
    ImmutableArray<long> OutputBytes,
    ReadOnlyMemory<byte> Commands,
    ReadOnlyMemory<byte> Constants)
{
    /// <summary>Name and version of the executable format.</summary>
    public const string Format = "edgeai-npu/1";

    /// <summary>Name of the constants' blob.</summary>
    public const string ConstantsName = "constants";

    internal const int HeaderBytes = 72;
    internal const int ImageVersion = 1;
    private const int CheckedFrom = 24;

    /// <summary>Inputs and outputs that an image may have together.</summary>
    internal const int LargestBindingCount = Isa.Region.Limit - Isa.Region.FirstBinding;
    private const int LongestName = 256;

    internal static ReadOnlySpan<byte> Magic => "EAI-NPU\0"u8;

    /// <summary>Wraps the image with its signature (binding order) and source map (ranges of command indices).</summary>
    /// <exception cref="ArgumentException">The signature's sizes are not the image's.</exception>
    public Executable ToExecutable(ExecutableSignature signature, ImmutableArray<SourceRange> sourceMap)
    {
        ArgumentNullException.ThrowIfNull(signature);
        if (!Matches(signature.Inputs, InputBytes) || !Matches(signature.Outputs, OutputBytes))
        {
            throw new ArgumentException("The signature's tensors are not as many or as large as the image's bindings.", nameof(signature));
        }

        return new(Format, signature, Write(), [new(ConstantsName, Constants)], sourceMap);
    }

    /// <summary>Reads and checks an executable: everything but the meaning of the commands.</summary>
    /// <exception cref="ExecutableFormatException">It is not an image, not whole, not of this version, or does not fit its signature.</exception>
    public static NpuImage FromExecutable(Executable executable)
    {
        ArgumentNullException.ThrowIfNull(executable);
        if (executable.Format != Format)
        {
            throw new ExecutableFormatException($"NPU image: format '{executable.Format}', expected '{Format}'.");
        }

        if (executable.Constants.Length != 1 || executable.Constants[0].Name != ConstantsName)
        {
            throw new ExecutableFormatException($"NPU image: {executable.Constants.Length} constant blobs, expected one named '{ConstantsName}'.");
        }

        var image = Read(executable.Code, executable.Constants[0].Data);
        return Matches(executable.Signature.Inputs, image.InputBytes) && Matches(executable.Signature.Outputs, image.OutputBytes) ? image
            : throw new ExecutableFormatException("NPU image: the signature's tensors are not as many or as large as the image's bindings.");
    }

    /// <summary>The image's bytes, without the constants (they are covered by a checksum).</summary>
    public byte[] Write()
    {
        var name = Encoding.UTF8.GetBytes(ConfigurationName);
        var nameBytes = (name.Length + 7) & ~7;
        var commandsAt = HeaderBytes + (sizeof(long) * (InputBytes.Length + OutputBytes.Length)) + nameBytes;
        var bytes = new byte[commandsAt + Commands.Length];
        Magic.CopyTo(bytes);
        Put(bytes, 8, ImageVersion, Isa.CommandTable.IsaVersion);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), SramBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), ScratchBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), Constants.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(48), Commands.Length);
        Put(bytes, 56, (int)Checksum(Constants.Span), name.Length);
        Put(bytes, 64, InputBytes.Length, OutputBytes.Length);
        var at = HeaderBytes;
        foreach (var size in InputBytes.Concat(OutputBytes))
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), size);
            at += sizeof(long);
        }

        name.CopyTo(bytes, at);
        Commands.Span.CopyTo(bytes.AsSpan(commandsAt));
        Put(bytes, 16, bytes.Length, (int)Checksum(bytes.AsSpan(CheckedFrom)));
        return bytes;
    }

    /// <summary>Reads and checks an image's bytes and its constants.</summary>
    /// <exception cref="ExecutableFormatException">It is not an image, not whole, or not of this version.</exception>
    public static NpuImage Read(ReadOnlyMemory<byte> code, ReadOnlyMemory<byte> constants)
    {
        var bytes = code.Span;
        Expect(bytes.Length >= HeaderBytes && bytes[..8].SequenceEqual(Magic), $"{bytes.Length} bytes that do not start with an NPU image's header");
        Expect(Int(bytes, 8) == ImageVersion && Int(bytes, 12) == Isa.CommandTable.IsaVersion, $"version {Int(bytes, 8)} with instruction set {Int(bytes, 12)}, expected {ImageVersion} with {Isa.CommandTable.IsaVersion}");
        Expect(Int(bytes, 16) == bytes.Length, $"{bytes.Length} bytes, its header says {Int(bytes, 16)}");
        Expect((uint)Int(bytes, 20) == Checksum(bytes[CheckedFrom..]), "the checksum does not match, the image is damaged");
        Expect(Long(bytes, 40) == constants.Length, $"{constants.Length} bytes of constants, its header says {Long(bytes, 40)}");
        Expect((uint)Int(bytes, 56) == Checksum(constants.Span), "the constants' checksum does not match, they are damaged");
        return ReadBody(code, constants);
    }

    /// <summary>The command stream as text, with node names where a source map is given.</summary>
    /// <exception cref="ExecutableFormatException">The stream is malformed.</exception>
    public string Disassemble(ImmutableArray<SourceRange> sourceMap = default) =>
        Isa.Disassembler.Print(Isa.CommandReader.ReadAll(Commands), sourceMap);

    private static NpuImage ReadBody(ReadOnlyMemory<byte> code, ReadOnlyMemory<byte> constants)
    {
        var bytes = code.Span;
        var (inputs, outputs, nameLength) = (Int(bytes, 64), Int(bytes, 68), Int(bytes, 60));
        var (sram, scratch, commandBytes) = (Long(bytes, 24), Long(bytes, 32), Long(bytes, 48));
        Expect(inputs >= 0 && outputs >= 0 && (long)inputs + outputs <= LargestBindingCount, $"{inputs} inputs and {outputs} outputs, at most {LargestBindingCount} together can be bound");
        Expect(nameLength is >= 0 and <= LongestName, $"a configuration name of {nameLength} bytes");
        var nameAt = HeaderBytes + (sizeof(long) * (inputs + outputs));
        var commandsAt = nameAt + ((nameLength + 7) & ~7);
        Expect(commandBytes >= 0 && commandsAt + commandBytes == bytes.Length, $"{commandBytes} bytes of commands from byte {commandsAt} in an image of {bytes.Length}");
        var sizes = MemoryMarshal.Cast<byte, long>(bytes[HeaderBytes..nameAt]).ToArray();
        Expect(sram >= 0 && scratch >= 0 && !sizes.Any(size => size is < 0 or >= 1L << Isa.Address.OffsetBits) && scratch < 1L << Isa.Address.OffsetBits, "a size that is negative or too large");
        return new(
            Encoding.UTF8.GetString(bytes.Slice(nameAt, nameLength)), sram, scratch,
            [.. sizes[..inputs]], [.. sizes[inputs..]], code[commandsAt..], constants);
    }

    private static bool Matches(ImmutableArray<TensorSpec> specs, ImmutableArray<long> sizes) =>
        specs.Length == sizes.Length
        && specs.Zip(sizes).All(pair => pair.First.HasByteCount && pair.First.ByteCount == pair.Second);

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    private static void Put(byte[] bytes, int at, int first, int second)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), first);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + sizeof(int)), second);
    }

    private static int Int(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);

    private static long Long(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    private static void Expect(bool condition, string found)
    {
        if (!condition)
        {
            throw new ExecutableFormatException($"NPU image: {found}.");
        }
    }
}
