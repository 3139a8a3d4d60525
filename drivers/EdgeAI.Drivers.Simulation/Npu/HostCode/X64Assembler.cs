using System.Buffers.Binary;
using System.Numerics;

namespace EdgeAI.Drivers.Simulation.Npu.HostCode;

/// <summary>General-purpose registers by their numbers.</summary>
internal enum Gpr
{
    Rax, Rcx, Rdx, Rbx, Rsp, Rbp, Rsi, Rdi, R8, R9, R10, R11, R12, R13, R14, R15,
}

/// <summary>An operand in memory: base + index·scale + displacement. RSP as index means none.</summary>
internal readonly record struct MemoryOperand(Gpr Base, int Displacement = 0, Gpr Index = Gpr.Rsp, int Scale = 1);

/// <summary>A vector instruction of the EVEX encoding: opcode map, mandatory prefix (0 none, 1 66, 2 F3, 3 F2), opcode byte.</summary>
internal readonly record struct EvexOpcode(int Map, int Prefix, byte Code)
{
    public static readonly EvexOpcode Load = new(1, 2, 0x6F);
    public static readonly EvexOpcode Store = new(1, 2, 0x7F);
    public static readonly EvexOpcode StoreBytes = new(1, 3, 0x7F);
    public static readonly EvexOpcode Broadcast = new(2, 1, 0x58);
    public static readonly EvexOpcode DotProduct = new(2, 1, 0x50);
    public static readonly EvexOpcode ToSingle = new(1, 0, 0x5B);
    public static readonly EvexOpcode ToInt32 = new(1, 1, 0x5B);
    public static readonly EvexOpcode MultiplySingle = new(1, 0, 0x59);
    public static readonly EvexOpcode MinimumSingle = new(1, 0, 0x5D);
    public static readonly EvexOpcode Subtract = new(1, 1, 0xFA);
    public static readonly EvexOpcode Multiply = new(2, 1, 0x40);
    public static readonly EvexOpcode PackWords = new(1, 1, 0x6B);
    public static readonly EvexOpcode AddWordsSaturating = new(1, 1, 0xED);
    public static readonly EvexOpcode PackSigned = new(1, 1, 0x63);
    public static readonly EvexOpcode Copy = new(1, 1, 0x6F);
    public static readonly EvexOpcode Xor = new(1, 1, 0xEF);
    public static readonly EvexOpcode Permute = new(2, 1, 0x36);
    public static readonly EvexOpcode MaximumSigned = new(2, 1, 0x3C);
}

/// <summary>Writes the few x86-64 instructions that the kernels are made of.</summary>
internal sealed class X64Assembler
{
    /// <summary>What a routine has to give back as it was, of what the routines here use.</summary>
    private static readonly Gpr[] Saved = [Gpr.Rbx, Gpr.Rbp, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15];

    private readonly List<byte> _code = [];

    /// <summary>Bytes of a vector: 16, 32 or 64.</summary>
    public int VectorBytes { get; set; } = 64;

    /// <summary>Bytes so far: where the next instruction starts.</summary>
    public int Position => _code.Count;

    public byte[] ToArray() => [.. _code];

    /// <summary>A constant.</summary>
    public void Data(int value) => Int32(value);

    /// <summary>Fills up with breakpoints to a multiple of <paramref name="bytes"/>.</summary>
    public void Align(int bytes)
    {
        while (_code.Count % bytes != 0)
        {
            _code.Add(0xCC);
        }
    }

    private int Length => BitOperations.Log2((uint)VectorBytes) - 4;

    /// <summary>destination = first ∘ second.</summary>
    public void Vector(EvexOpcode opcode, int destination, int first, int second)
    {
        Evex(opcode, destination, first, second >> 4 & 1, second >> 3 & 1, Length, 0);
        _code.Add((byte)(0xC0 | (destination & 7) << 3 | (second & 7)));
    }

    /// <summary>A register and memory: a load, or a store where the opcode is one.</summary>
    public void Vector(EvexOpcode opcode, int register, MemoryOperand memory) => Vector(opcode, register, 0, memory, Length, 0);

    /// <summary>destination = first ∘ memory.</summary>
    public void Vector(EvexOpcode opcode, int destination, int first, MemoryOperand memory) => Vector(opcode, destination, first, memory, Length, 0);

    /// <summary>Stores those bytes of a vector whose bit is set in mask register 1.</summary>
    public void StoreMasked(int source, MemoryOperand memory) => Vector(EvexOpcode.StoreBytes, source, 0, memory, Length, 1);

    /// <summary>Mask register 1 = one of the eight old registers.</summary>
    public void SetMask(Gpr source) => _code.AddRange([0xC4, 0xE1, 0xFB, 0x92, (byte)(0xC8 | (int)source & 7)]);

    /// <summary>Stores the lowest 16, 32 or 64 bytes.</summary>
    public void StoreLowest(int bytes, int source, MemoryOperand memory) => Vector(EvexOpcode.Store, source, 0, memory, BitOperations.Log2((uint)bytes) - 4, 0);

    public void Load(Gpr destination, MemoryOperand memory) => General(0x8B, (int)destination, memory);

    public void Store(Gpr source, MemoryOperand memory) => General(0x89, (int)source, memory);

    public void Add(Gpr destination, MemoryOperand memory) => General(0x03, (int)destination, memory);

    /// <summary>destination = the address.</summary>
    public void Address(Gpr destination, MemoryOperand memory) => General(0x8D, (int)destination, memory);

    public void Move(Gpr destination, Gpr source) => General(0x8B, (int)destination, (int)source);

    public void Add(Gpr destination, Gpr source) => General(0x03, (int)destination, (int)source);

    public void Add(Gpr destination, int value)
    {
        General(0x81, 0, (int)destination);
        Int32(value);
    }

    public void Decrement(Gpr register) => General(0xFF, 1, (int)register);

    /// <summary>A routine's first instructions: it saves registers.</summary>
    public void Enter() => Array.ForEach(Saved, register => Short(0x50, register));

    /// <summary>Restores registers and leaves to the caller; upper halves of vector registers are cleared, which older instructions want.</summary>
    public void Leave()
    {
        Array.ForEach([.. Saved.Reverse()], register => Short(0x58, register));
        _code.AddRange([0xC5, 0xF8, 0x77, 0xC3]);
    }

    /// <summary>To an earlier position where the last result was not zero.</summary>
    public void JumpIfNotZero(int position)
    {
        _code.AddRange([0x0F, 0x85]);
        Int32(position - (_code.Count + sizeof(int)));
    }

    private void Vector(EvexOpcode opcode, int register, int first, MemoryOperand memory, int length, int mask)
    {
        Evex(opcode, register, first, (int)memory.Index >> 3, (int)memory.Base >> 3, length, mask);
        Operand(register, memory);
    }

    /// <summary>The four prefix bytes; register numbers go in with their high bits inverted.</summary>
    private void Evex(EvexOpcode opcode, int register, int second, int x, int b, int length, int mask) => _code.AddRange(
    [
        0x62,
        (byte)((~register >> 3 & 1) << 7 | (~x & 1) << 6 | (~b & 1) << 5 | (~register >> 4 & 1) << 4 | opcode.Map),
        (byte)((~second & 15) << 3 | 1 << 2 | opcode.Prefix),
        (byte)(length << 5 | (~second >> 4 & 1) << 3 | mask),
        opcode.Code,
    ]);

    /// <summary>An instruction whose opcode byte names the register.</summary>
    private void Short(byte opcode, Gpr register) => _code.AddRange([(byte)(0x40 | (int)register >> 3), (byte)(opcode | (int)register & 7)]);

    private void General(byte opcode, int register, MemoryOperand memory)
    {
        _code.AddRange([(byte)(0x48 | register >> 3 << 2 | (int)memory.Index >> 3 << 1 | (int)memory.Base >> 3), opcode]);
        Operand(register, memory);
    }

    private void General(byte opcode, int register, int operand) =>
        _code.AddRange([(byte)(0x48 | register >> 3 << 2 | operand >> 3), opcode, (byte)(0xC0 | (register & 7) << 3 | operand & 7)]);

    /// <summary>Always with a scale byte, which every base register allows; a displacement of 0 in one byte, which no vector length scales.</summary>
    private void Operand(int register, MemoryOperand memory)
    {
        var mode = memory.Displacement == 0 ? 0x40 : 0x80;
        var scale = BitOperations.Log2((uint)memory.Scale) << 6;
        _code.AddRange([(byte)(mode | (register & 7) << 3 | 4), (byte)(scale | ((int)memory.Index & 7) << 3 | (int)memory.Base & 7)]);
        if (memory.Displacement == 0)
        {
            _code.Add(0);
            return;
        }

        Int32(memory.Displacement);
    }

    private void Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _code.AddRange(bytes);
    }
}
