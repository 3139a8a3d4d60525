namespace EdgeAI.Drivers.Simulation.Npu.HostCode;

/// <summary>
/// Writes the rule of <see cref="Requantizer"/> for up to four vectors of sums that become one of bytes. The least value is cut off after
/// rounding, where packing has cut off all that is below a byte; which operand of the minimum comes second decides where NaN falls.
/// </summary>
internal sealed class RequantizeWriter(X64Assembler assembler, int firstRegister)
{
    private readonly int _high = firstRegister;
    private readonly int _zeroPoint = firstRegister + 1;
    private readonly int _minimum = firstRegister + 2;
    private readonly int _flip = firstRegister + 3;

    /// <summary>Registers for what all outputs have in common.</summary>
    public const int Registers = 4;

    /// <summary>Loads them from a <see cref="RequantizeArguments"/> that lies at RDI and some bytes.</summary>
    public void Load(int at)
    {
        assembler.Vector(EvexOpcode.Broadcast, _high, new MemoryOperand(Gpr.Rdi, at + RequantizeArguments.HighAt));
        assembler.Vector(EvexOpcode.Broadcast, _zeroPoint, new MemoryOperand(Gpr.Rdi, at + RequantizeArguments.ZeroPointAt));
        assembler.Vector(EvexOpcode.Broadcast, _minimum, new MemoryOperand(Gpr.Rdi, at + RequantizeArguments.MinimumAt));
        assembler.Vector(EvexOpcode.Broadcast, _flip, new MemoryOperand(Gpr.Rdi, at + RequantizeArguments.FlipAt));
    }

    /// <summary>The rounded products of sums and the multipliers at an address.</summary>
    public void Round(int sums, MemoryOperand multipliers)
    {
        assembler.Vector(EvexOpcode.ToSingle, sums, 0, sums);
        assembler.Vector(EvexOpcode.MultiplySingle, sums, sums, multipliers);
        assembler.Vector(EvexOpcode.MinimumSingle, sums, sums, _high);
        assembler.Vector(EvexOpcode.ToInt32, sums, 0, sums);
    }

    /// <summary>Vectors in a row become bytes in the first: in each 128 bits four of the first, then four of the second and so on.</summary>
    public void Pack(int first, int vectors)
    {
        assembler.Vector(EvexOpcode.PackWords, first, first, vectors > 1 ? first + 1 : first);
        assembler.Vector(EvexOpcode.AddWordsSaturating, first, first, _zeroPoint);
        if (vectors > 2)
        {
            assembler.Vector(EvexOpcode.PackWords, first + 2, first + 2, vectors > 3 ? first + 3 : first + 2);
            assembler.Vector(EvexOpcode.AddWordsSaturating, first + 2, first + 2, _zeroPoint);
        }

        assembler.Vector(EvexOpcode.PackSigned, first, first, vectors > 2 ? first + 2 : first);
        assembler.Vector(EvexOpcode.MaximumSigned, first, first, _minimum);
        assembler.Vector(EvexOpcode.Xor, first, first, _flip);
    }
}
