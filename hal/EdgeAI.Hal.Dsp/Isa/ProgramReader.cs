using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace EdgeAI.Hal.Dsp.Isa;

/// <summary>Decodes words into instructions. Checks the encoding only; <see cref="ProgramVerifier"/> checks what it would do.</summary>
internal ref struct ProgramReader
{
    /// <summary>Most loop dimensions of an instruction.</summary>
    public const int RankLimit = 8;

    private readonly ReadOnlySpan<ulong> _program;
    private ReadOnlySpan<ulong> _rest;
    private int _start;

    private ProgramReader(ReadOnlySpan<ulong> program) => _program = program;

    /// <summary>Decodes a whole program, which must end with the end mark and nothing behind it.</summary>
    /// <exception cref="ExecutableFormatException">A word is not what its place asks for.</exception>
    public static ImmutableArray<Instruction> Decode(ReadOnlySpan<ulong> program)
    {
        var reader = new ProgramReader(program);
        var instructions = ImmutableArray.CreateBuilder<Instruction>();
        while (reader.Next() is { } instruction)
        {
            instructions.Add(instruction);
        }

        return instructions.ToImmutable();
    }

    private Instruction? Next()
    {
        if (_start >= _program.Length)
        {
            throw Bad("the program stops without an end mark");
        }

        var head = _program[_start];
        var wordCount = (int)((head >> 8) & 0xFFFFFF);
        if (wordCount < 1 || wordCount > _program.Length - _start)
        {
            throw Bad($"the instruction says {wordCount} words; {_program.Length - _start} are left");
        }

        _rest = _program.Slice(_start + 1, wordCount - 1);
        var instruction = Read((Opcode)(byte)head, (uint)(head >> 32));
        if (!_rest.IsEmpty)
        {
            throw Bad($"the instruction has {_rest.Length} words more than {(Opcode)(byte)head} uses");
        }

        _start += wordCount;
        return instruction;
    }

    private Instruction? Read(Opcode opcode, uint fields) => opcode switch
    {
        Opcode.End => ReadEnd(),
        Opcode.VectorLoop => ReadLoop(fields),
        Opcode.MatrixProduct => ReadProduct(fields),
        Opcode.Fourier => ReadFourier(fields),
        Opcode.Softmax => ReadSoftmax(fields),
        Opcode.StridedCopy => ReadCopy(fields),
        Opcode.StridedFill => ReadFill(fields),
        _ => throw Bad($"opcode {(byte)opcode} is none"),
    };

    private readonly Instruction? ReadEnd() =>
        _start == _program.Length - 1 ? null : throw Bad($"{_program.Length - 1 - _start} words follow the end mark");

    private VectorLoop ReadLoop(uint fields)
    {
        var (rank, reduceRank, streamCount, flags) = (Rank(fields & 0xFF), (int)((fields >> 8) & 0xFF), (int)((fields >> 16) & 0xFF), fields >> 24);
        var counts = Word();
        var (body, epilogue, tile) = ((int)(counts & 0xFFFF), (int)((counts >> 16) & 0xFFFF), (int)(uint)(counts >> 32));
        if (flags > 1)
        {
            throw Bad($"loop flags are {flags}; expected 0 or 1");
        }

        var extents = Longs(rank);
        var streams = ImmutableArray.CreateBuilder<Walk>(streamCount);
        for (var i = 0; i < streamCount; i++)
        {
            streams.Add(ReadWalk(rank));
        }

        return new VectorLoop(extents, reduceRank, flags == 1, tile, streams.MoveToImmutable(), Operations(body), Operations(epilogue));
    }

    private MatrixProduct ReadProduct(uint fields)
    {
        var hasBias = Flags(fields, 1) == 1;
        var sizes = Longs(4);
        return new MatrixProduct(sizes[0], sizes[1], sizes[2], sizes[3], Matrix(), Matrix(), Matrix(), hasBias ? Matrix() : null);
    }

    private FourierFrames ReadFourier(uint fields)
    {
        var flags = Flags(fields, 3);
        var sizes = Longs(4);
        var (signal, stride, output) = (Operand(), (long)Word(), Operand());
        return new FourierFrames(
            sizes[0], sizes[1], sizes[2], sizes[3], (flags & 2) != 0, signal, stride, (flags & 1) != 0 ? Operand() : null, output);
    }

    private SoftmaxAxis ReadSoftmax(uint fields)
    {
        var isLogarithmic = Flags(fields, 1) == 1;
        var sizes = Longs(3);
        return new SoftmaxAxis(sizes[0], sizes[1], sizes[2], isLogarithmic, Operand(), Operand());
    }

    private StridedCopy ReadCopy(uint fields)
    {
        var rank = Rank(fields);
        return new StridedCopy(Longs(rank), ReadWalk(rank), ReadWalk(rank));
    }

    private StridedFill ReadFill(uint fields)
    {
        var rank = Rank(fields);
        return new StridedFill(Longs(rank), ReadWalk(rank), Word());
    }

    private MatrixOperand Matrix() => new(Operand(), (long)Word(), (long)Word());

    private Walk ReadWalk(int rank) => new(Operand(), Longs(rank));

    private MemoryOperand Operand()
    {
        var word = Word();
        return new MemoryOperand((ushort)word, (DataType)(byte)(word >> 16), (long)(word >> 24));
    }

    private ImmutableArray<VectorOperation> Operations(int count)
    {
        var result = ImmutableArray.CreateBuilder<VectorOperation>(Math.Min(count, _rest.Length));
        for (var i = 0; i < count; i++)
        {
            result.Add(Operation(Word()));
        }

        return result.DrainToImmutable();
    }

    private readonly VectorOperation Operation(ulong word)
    {
        var opcode = (VectorOpcode)(byte)(word & 0x7F);
        return VectorOperations.Find(opcode) is null
            ? throw Bad($"vector opcode {(byte)opcode} is none")
            : new VectorOperation(opcode, (byte)(word >> 8), (byte)(word >> 16), (byte)(word >> 24), (word & 0x80) != 0, (uint)(word >> 32));
    }

    private ImmutableArray<long> Longs(int count)
    {
        if (count > _rest.Length)
        {
            throw Bad($"{count} words are expected; {_rest.Length} are left");
        }

        var result = ImmutableArray.Create(MemoryMarshal.Cast<ulong, long>(_rest[..count]));
        _rest = _rest[count..];
        return result;
    }

    private ulong Word()
    {
        if (_rest.IsEmpty)
        {
            throw Bad("a word is expected; none is left");
        }

        var word = _rest[0];
        _rest = _rest[1..];
        return word;
    }

    private readonly int Rank(uint rank) =>
        rank is >= 1 and <= RankLimit ? (int)rank : throw Bad($"the rank is {rank}; expected 1 to {RankLimit}");

    private readonly uint Flags(uint fields, uint highest) =>
        fields <= highest ? fields : throw Bad($"the flags are {fields}; expected 0 to {highest}");

    private readonly ExecutableFormatException Bad(string what) => new($"DSP program, word {_start}: {what}.");
}
