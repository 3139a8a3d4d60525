using System.Collections.Immutable;

namespace EdgeAI.Hal.Dsp.Isa;

/// <summary>The rules of a vector loop that need no memory map: ranks, tiles, streams, and the flow of its registers.</summary>
internal static class LoopVerifier
{
    /// <summary>Largest tile, in elements.</summary>
    public const int TileLimit = 1 << 20;

    /// <summary>Most operations of a body, and of an epilogue.</summary>
    public const int OperationLimit = 1024;

    /// <summary>The first rule that the loop breaks, or null.</summary>
    public static string? WhyNot(VectorLoop loop)
    {
        var (written, accumulators) = (0u, 0u);
        return WhyNotForm(loop)
            ?? WhyNotStreams(loop.Streams)
            ?? WhyNotFlow(loop, loop.Body, ref written, ref accumulators)
            ?? WhyNotEpilogue(loop, accumulators);
    }

    private static string? WhyNotForm(VectorLoop loop) =>
        loop.ReduceRank < 0 || loop.ReduceRank > loop.Extents.Length ? $"{loop.ReduceRank} of {loop.Extents.Length} dimensions are reduced"
        : loop.IsVertical && (loop.ReduceRank == 0 || loop.ReduceRank == loop.Extents.Length) ? "a vertical loop keeps and reduces at least one dimension each"
        : loop.ReduceRank == 0 && loop.Epilogue.Length > 0 ? "it has an epilogue but reduces nothing"
        : Math.Max(loop.Body.Length, loop.Epilogue.Length) > OperationLimit
            ? $"it has {loop.Body.Length} and {loop.Epilogue.Length} operations; the limit is {OperationLimit}"
        : loop.TileElements is < 32 or > TileLimit || loop.TileElements % 32 != 0
            ? $"its tile has {loop.TileElements} elements; expected a multiple of 32 up to {TileLimit}"
        : null;

    private static string? WhyNotStreams(ImmutableArray<Walk> streams)
    {
        foreach (var stream in streams)
        {
            if (!IsConvertible(stream.Memory.Type))
            {
                return $"a stream's type is {stream.Memory.Type}, which the unit does not convert";
            }
        }

        return null;
    }

    /// <summary>Types that loads widen to float32 and stores make from it.</summary>
    public static bool IsConvertible(DataType type) => type is DataType.Float32 or DataType.Float16 or DataType.Int8 or DataType.UInt8
        or DataType.Int16 or DataType.UInt16 or DataType.Int32 or DataType.Boolean;

    private static string? WhyNotEpilogue(VectorLoop loop, uint accumulators)
    {
        var written = accumulators; // what the body wrote besides is gone
        var none = 0u;
        return WhyNotFlow(loop, loop.Epilogue, ref written, ref none)
            ?? (none != 0 ? "an epilogue accumulates" : null);
    }

    private static string? WhyNotFlow(VectorLoop loop, ImmutableArray<VectorOperation> operations, ref uint written, ref uint accumulators)
    {
        foreach (var operation in operations)
        {
            var reason = WhyNotOperation(loop, operation, written, accumulators);
            if (reason is not null)
            {
                return $"{VectorOperations.Info(operation.Opcode).Mnemonic}: {reason}";
            }

            Note(operation, ref written, ref accumulators);
        }

        return null;
    }

    private static void Note(VectorOperation operation, ref uint written, ref uint accumulators)
    {
        switch (VectorOperations.Info(operation.Opcode).Form)
        {
            case OperandForm.Store:
                break;
            case OperandForm.Accumulate:
                accumulators |= 1u << operation.Destination;
                break;
            default:
                written |= 1u << operation.Destination;
                break;
        }
    }

    private static string? WhyNotOperation(VectorLoop loop, VectorOperation operation, uint written, uint accumulators)
    {
        var form = VectorOperations.Info(operation.Opcode).Form;
        return form is OperandForm.Load or OperandForm.Store && operation.B >= loop.Streams.Length
                ? $"it names stream {operation.B}; there are {loop.Streams.Length}"
            : operation.HasImmediate != (form == OperandForm.Immediate) && form is not (OperandForm.Binary or OperandForm.Ternary)
                ? "its immediate flag does not fit"
            : form == OperandForm.Accumulate && loop.ReduceRank == 0 ? "nothing is reduced"
            : form == OperandForm.Accumulate ? WhyNotAccumulator(operation, written, accumulators)
            : form != OperandForm.Store && (operation.Destination >= VectorOperations.RegisterCount || IsSet(accumulators, operation.Destination))
                ? $"it may not write register {operation.Destination}"
            : WhyNotSources(operation, form, written);
    }

    private static string? WhyNotAccumulator(VectorOperation operation, uint written, uint accumulators) =>
        operation.Destination >= VectorOperations.RegisterCount || IsSet(written | accumulators, operation.Destination)
            ? $"register {operation.Destination} is in use and cannot accumulate"
        : IsSet(written, operation.A) ? null : NotWritten(operation.A);

    private static string? WhyNotSources(VectorOperation operation, OperandForm form, uint written)
    {
        var readsA = form is not (OperandForm.Load or OperandForm.Immediate);
        var readsB = form is OperandForm.Binary or OperandForm.Ternary && !operation.HasImmediate;
        return readsA && !IsSet(written, operation.A) ? NotWritten(operation.A)
            : readsB && !IsSet(written, operation.B) ? NotWritten(operation.B)
            : form == OperandForm.Ternary && !IsSet(written, operation.C) ? NotWritten(operation.C)
            : null;
    }

    private static bool IsSet(uint mask, uint register) => register < VectorOperations.RegisterCount && ((mask >> (int)register) & 1) != 0;

    private static string NotWritten(uint register) => $"it reads register {register}, which nothing wrote";
}
