using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Hal.Dsp;

/// <summary>
/// The code of an "edgeai-dsp/1" executable: sizes of the memories that it addresses, then the program.
/// Layout in little-endian 64-bit words: magic and version; checksum of all that follows (FNV-1a over the bytes); scratch bytes;
/// TCM bytes; counts of constants, inputs and outputs (16 bits each); words of the program; the bytes of each constant, input
/// and output; the program.
/// </summary>
public sealed class DspImage
{
    /// <summary>The executable's format.</summary>
    public const string Format = "edgeai-dsp/1";

    private const ulong Magic = 0x0001_0000_5053_4445; // "EDSP", version 1
    private const int HeaderWords = 6;

    internal DspImage(RegionTable regions, IEnumerable<Instruction> instructions)
        : this(regions, ProgramWriter.Encode(instructions))
    {
    }

    internal DspImage(RegionTable regions, ReadOnlySpan<ulong> program) =>
        (Regions, Instructions) = (regions, ProgramReader.Decode(program));

    /// <summary>Bytes of main memory that a run needs for itself.</summary>
    public long ScratchBytes => Regions.ScratchBytes;

    /// <summary>Bytes of tightly coupled memory that hold whole tensors; tile buffers come on top.</summary>
    public long TcmBytes => Regions.TcmBytes;

    /// <summary>Number of instructions without the end mark.</summary>
    public int InstructionCount => Instructions.Length;

    internal RegionTable Regions { get; }

    internal ImmutableArray<Instruction> Instructions { get; }

    /// <summary>Decodes an image; what the program would do is not checked here but by the device.</summary>
    /// <exception cref="ExecutableFormatException">The bytes are no image of this version.</exception>
    public static DspImage Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % 8 != 0 || bytes.Length < HeaderWords * 8)
        {
            throw Bad($"it has {bytes.Length} bytes; expected a multiple of 8, at least {HeaderWords * 8}");
        }

        var words = new ulong[bytes.Length / 8];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * 8)..]);
        }

        CheckHead(words, bytes);
        var (constants, inputs, outputs) = ((int)(words[4] & 0xFFFF), (int)((words[4] >> 16) & 0xFFFF), (int)((words[4] >> 32) & 0xFFFF));
        var first = HeaderWords + constants + inputs + outputs;
        if (first > words.Length || words[5] != (ulong)(words.Length - first))
        {
            throw Bad($"the header promises {first} words and a program of {words[5]}; found {words.Length} words");
        }

        var sizes = words.AsSpan(HeaderWords);
        var regions = new RegionTable(
            Size(words[2]), Size(words[3]), Sizes(sizes[..constants]), Sizes(sizes.Slice(constants, inputs)), Sizes(sizes.Slice(constants + inputs, outputs)));
        return new DspImage(regions, words.AsSpan(first));
    }

    /// <summary>The image as bytes; equal images give equal bytes on every platform.</summary>
    public byte[] ToBytes()
    {
        var program = ProgramWriter.Encode(Instructions);
        List<ulong> words =
        [
            Magic, 0, (ulong)Regions.ScratchBytes, (ulong)Regions.TcmBytes,
            (ushort)Regions.Constants.Length | ((ulong)(ushort)Regions.Inputs.Length << 16) | ((ulong)(ushort)Regions.Outputs.Length << 32),
            (ulong)program.Length,
            .. Regions.Constants.Concat(Regions.Inputs).Concat(Regions.Outputs).Select(size => (ulong)size),
            .. program,
        ];
        var bytes = new byte[words.Count * 8];
        for (var i = 0; i < words.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * 8), words[i]);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), Checksum(bytes));
        return bytes;
    }

    /// <summary>The program as text, one operation per line, with the source node before its instructions.</summary>
    public string Disassemble(ImmutableArray<SourceRange> sourceMap = default) => ProgramText.Write(this, sourceMap.IsDefault ? [] : sourceMap);

    /// <summary>The checksum that belongs into the second word.</summary>
    internal static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037;
        foreach (var value in bytes[16..])
        {
            hash = unchecked((hash ^ value) * 1099511628211);
        }

        return hash;
    }

    private static void CheckHead(ReadOnlySpan<ulong> words, ReadOnlySpan<byte> bytes)
    {
        if (words[0] != Magic)
        {
            throw Bad($"it starts with {words[0]:X16}; expected {Magic:X16} (\"EDSP\", version 1)");
        }

        if (words[1] != Checksum(bytes))
        {
            throw Bad($"its checksum is {words[1]:X16}; its bytes give {Checksum(bytes):X16}");
        }
    }

    private static long Size(ulong word) =>
        word < MemoryOperand.OffsetLimit ? (long)word : throw Bad($"a region has {word} bytes; the limit is 2^40");

    private static ImmutableArray<long> Sizes(ReadOnlySpan<ulong> words)
    {
        foreach (var word in words)
        {
            Size(word);
        }

        return ImmutableArray.Create(MemoryMarshal.Cast<ulong, long>(words));
    }

    private static ExecutableFormatException Bad(string what) => new($"The bytes are no {Format} image: {what}.");
}
