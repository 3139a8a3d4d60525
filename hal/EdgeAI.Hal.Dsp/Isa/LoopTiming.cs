using System.Collections.Immutable;

namespace EdgeAI.Hal.Dsp.Isa;

/// <summary>Issue slots and bytes of a vector loop.</summary>
internal static class LoopTiming
{
    /// <summary>Work of the loop on vectors of so many lanes.</summary>
    public static InstructionTiming.Work WorkOf(VectorLoop loop, int lanes)
    {
        var kept = loop.Extents.Length - loop.ReduceRank;
        var lane = loop.IsVertical ? kept - 1 : loop.Extents.Length - 1;
        var total = InstructionTiming.Product(loop.Extents);
        var rows = total / loop.Extents[lane];
        var steps = rows * InstructionTiming.CeilingDivide(loop.Extents[lane], lanes);
        var slots = (steps * Slots(loop, loop.Body, lane)) + (rows * InstructionTiming.RowSlots);
        var bytes = loop.Streams.Where(InstructionTiming.IsInMainMemory).Sum(stream => TransferBytes(stream, loop.Extents, loop.TileElements));
        var (epilogueSlots, epilogueElements) = Epilogue(loop, kept, lanes);
        var touched = (loop.Body.Count(IsMemory) * total) + (loop.Epilogue.Count(IsMemory) * epilogueElements);
        return new(slots + epilogueSlots, bytes, touched * 4);
    }

    /// <summary>
    /// Bytes that DMA moves for one operand: its footprint once, and once more for every step of an outer loop that repeats it
    /// when it does not fit a tile. Elements that do not lie side by side take up to a burst each.
    /// </summary>
    public static long TransferBytes(Walk walk, ImmutableArray<long> extents, long tileElements)
    {
        if (!InstructionTiming.IsInMainMemory(walk))
        {
            return 0;
        }

        var (footprint, repeats, innerStride) = (1L, 1L, 0L);
        for (var i = extents.Length - 1; i >= 0; i--)
        {
            if (walk.Strides[i] != 0)
            {
                footprint *= repeats * extents[i];
                innerStride = innerStride == 0 && extents[i] > 1 ? walk.Strides[i] : innerStride;
                repeats = 1;
            }
            else if (footprint > tileElements)
            {
                repeats *= extents[i];
            }
        }

        var size = walk.Memory.ElementBytes;
        var gap = innerStride == 0 ? 1 : Math.Min((ulong)Math.Abs((decimal)innerStride), InstructionTiming.BurstBytes);
        return footprint * repeats * Math.Min((long)gap * size, Math.Max(InstructionTiming.BurstBytes, size));
    }

    private static (long Slots, long Elements) Epilogue(VectorLoop loop, int kept, int lanes)
    {
        if (loop.ReduceRank == 0)
        {
            return default;
        }

        var keptElements = InstructionTiming.Product(loop.Extents.AsSpan()[..kept]);
        if (!loop.IsVertical)
        {
            var folds = loop.Body.Count(operation => operation.Opcode >= VectorOpcode.AccumulateSum) * int.Log2(lanes) * 2;
            return (keptElements * (Slots(loop, loop.Epilogue, -1) + folds), keptElements);
        }

        var rows = keptElements / loop.Extents[kept - 1];
        var steps = rows * InstructionTiming.CeilingDivide(loop.Extents[kept - 1], lanes);
        return (steps * Slots(loop, loop.Epilogue, kept - 1), keptElements);
    }

    private static bool IsMemory(VectorOperation operation) => operation.Opcode is VectorOpcode.Load or VectorOpcode.Store;

    private static long Slots(VectorLoop loop, ImmutableArray<VectorOperation> operations, int lane)
    {
        var slots = 0L;
        foreach (var operation in operations)
        {
            var isStrided = IsMemory(operation) && lane >= 0 && loop.Streams[(int)operation.B].Strides[lane] is not (0 or 1);
            slots += isStrided ? VectorOperations.StridedSlots : VectorOperations.Info(operation.Opcode).Slots;
        }

        return slots;
    }
}
