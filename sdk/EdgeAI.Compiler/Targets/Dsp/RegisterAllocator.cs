using System.Collections.Immutable;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp;

/// <summary>Linear scan: a register is free again after the last read of what it holds. Accumulators keep theirs, from the top down.</summary>
internal sealed class RegisterAllocator
{
    private readonly Dictionary<int, byte> _accumulators = [];

    public RegisterAllocator(List<VirtualOperation> body, List<VirtualOperation> epilogue)
    {
        foreach (var operation in body.Concat(epilogue).Where(operation => operation.Opcode >= VectorOpcode.AccumulateSum))
        {
            _accumulators.Add(operation.Destination, (byte)(VectorOperations.RegisterCount - 1 - _accumulators.Count));
        }
    }

    /// <summary>Operations with registers of the machine.</summary>
    /// <exception cref="InvalidOperationException">More values live at once than there are registers; groups are bounded so that this cannot be.</exception>
    public ImmutableArray<VectorOperation> Assign(List<VirtualOperation> operations)
    {
        var lastReads = LastReads(operations);
        var homes = new Dictionary<int, byte>(_accumulators);
        var free = new SortedSet<byte>(Enumerable.Range(0, VectorOperations.RegisterCount - _accumulators.Count).Select(register => (byte)register));
        var result = ImmutableArray.CreateBuilder<VectorOperation>(operations.Count);
        for (var i = 0; i < operations.Count; i++)
        {
            var operation = operations[i];
            var sources = operation.Reads().Distinct().ToList();
            foreach (var source in sources.Where(source => lastReads[source] == i && !_accumulators.ContainsKey(source)))
            {
                free.Add(homes[source]);
            }

            if (operation.Destination >= 0 && !_accumulators.ContainsKey(operation.Destination))
            {
                homes[operation.Destination] = Take(free, isKept: lastReads.ContainsKey(operation.Destination));
            }

            result.Add(Encode(operation, homes));
        }

        return result.MoveToImmutable();
    }

    private static byte Take(SortedSet<byte> free, bool isKept)
    {
        if (free.Count == 0)
        {
            throw new InvalidOperationException($"A fused loop needs more than {VectorOperations.RegisterCount} registers.");
        }

        var register = free.Min;
        if (isKept)
        {
            free.Remove(register);
        }

        return register;
    }

    private static Dictionary<int, int> LastReads(List<VirtualOperation> operations)
    {
        var reads = new Dictionary<int, int>();
        for (var i = 0; i < operations.Count; i++)
        {
            foreach (var register in operations[i].Reads())
            {
                reads[register] = i;
            }
        }

        return reads;
    }

    private static VectorOperation Encode(VirtualOperation operation, Dictionary<int, byte> homes)
    {
        var form = VectorOperations.Info(operation.Opcode).Form;
        var isImmediate = form == OperandForm.Immediate || (form is OperandForm.Binary or OperandForm.Ternary && operation.B.IsNumber);
        var b = operation.Stream >= 0 ? (uint)operation.Stream
            : isImmediate ? BitConverter.SingleToUInt32Bits(operation.B.Number)
            : form is OperandForm.Binary or OperandForm.Ternary ? homes[operation.B.Register] : 0u;
        return new(
            operation.Opcode, operation.Destination >= 0 ? homes[operation.Destination] : (byte)0,
            form is OperandForm.Load or OperandForm.Immediate ? (byte)0 : homes[operation.A.Register],
            form == OperandForm.Ternary ? homes[operation.C.Register] : (byte)0, isImmediate, b);
    }
}
