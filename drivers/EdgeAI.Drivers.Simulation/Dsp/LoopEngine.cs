using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Drivers.Simulation.Dsp;

/// <summary>Executes vector loops: each register is a tile of <see cref="TileLength"/> lanes, each operation one pass over it.</summary>
internal sealed unsafe class LoopEngine : IDisposable
{
    /// <summary>Elements of a register on the host; the configuration's tiles matter to time only.</summary>
    public const int TileLength = 512;

    private readonly float** _places = (float**)NativeMemory.AllocZeroed(VectorOperations.RegisterCount, (nuint)sizeof(nint));
    private float* _registers = (float*)NativeMemory.AlignedAlloc((nuint)((VectorOperations.RegisterCount + 1) * TileLength * sizeof(float)), 64);

    /// <summary>Runs a verified loop.</summary>
    public void Run(VectorLoop loop, nint* regions)
    {
        for (var i = 0; i < VectorOperations.RegisterCount; i++)
        {
            _places[i] = Register(i);
        }

        var index = stackalloc long[ProgramReader.RankLimit];
        new Span<long>(index, ProgramReader.RankLimit).Clear();
        var pass = new Pass(loop, regions, index);
        if (loop.ReduceRank > 0 && !loop.IsVertical)
        {
            RunHorizontal(ref pass);
        }
        else
        {
            RunTiled(ref pass);
        }
    }

    /// <summary>A register's tile, for the kernels that are built from the same operations.</summary>
    public float* Register(int index) => _registers + (index * TileLength);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_registers);
        NativeMemory.Free(_places);
        _registers = null;
    }

    /// <summary>Steps over the kept dimensions; the innermost one or two of them form a tile of rows × columns.</summary>
    private void RunTiled(ref Pass pass)
    {
        var extents = pass.Loop.Extents;
        var lane = pass.Kept - 1;
        var columns = (int)Math.Min(extents[lane], TileLength);
        var row = lane > 0 && columns == extents[lane] ? lane - 1 : -1;
        var rows = row < 0 ? 1 : (int)Math.Min(extents[row], TileLength / columns);
        var outer = row < 0 ? lane : row;
        do
        {
            for (var r = 0L; r < (row < 0 ? 1 : extents[row]); r += rows)
            {
                for (var c = 0L; c < extents[lane]; c += columns)
                {
                    pass.SetTile(row, r, rows, lane, c, columns);
                    RunTile(ref pass);
                }
            }
        }
        while (pass.Step(0, outer));
    }

    private void RunTile(ref Pass pass)
    {
        if (pass.Loop.ReduceRank == 0)
        {
            Execute(ref pass, pass.Loop.Body);
            return;
        }

        Begin(ref pass, pass.Count);
        do
        {
            Execute(ref pass, pass.Loop.Body);
        }
        while (pass.Step(pass.Kept, pass.Loop.Extents.Length));
        Execute(ref pass, pass.Loop.Epilogue);
    }

    /// <summary>Steps over the kept dimensions; the last reduced one lies along the lanes, which are folded at the end.</summary>
    private void RunHorizontal(ref Pass pass)
    {
        var lane = pass.Loop.Extents.Length - 1;
        do
        {
            Begin(ref pass, LaneReduction.Lanes);
            do
            {
                for (var c = 0L; c < pass.Loop.Extents[lane]; c += TileLength)
                {
                    pass.SetTile(-1, 0, 1, lane, c, TileLength);
                    Execute(ref pass, pass.Loop.Body);
                }
            }
            while (pass.Step(pass.Kept, lane));
            Finish(ref pass);
            pass.SetTile(-1, 0, 1, lane, 0, 1);
            Execute(ref pass, pass.Loop.Epilogue);
        }
        while (pass.Step(0, pass.Kept));
    }

    private void Begin(ref Pass pass, int count)
    {
        foreach (ref readonly var operation in pass.Loop.Body.AsSpan())
        {
            if (operation.Opcode >= VectorOpcode.AccumulateSum)
            {
                VectorKernels.Fill(Register(operation.Destination), LaneReduction.Identity(operation.Opcode), count);
            }
        }
    }

    private void Finish(ref Pass pass)
    {
        foreach (ref readonly var operation in pass.Loop.Body.AsSpan())
        {
            if (operation.Opcode >= VectorOpcode.AccumulateSum)
            {
                LaneReduction.Fold(operation.Opcode, Register(operation.Destination));
            }
        }
    }

    private void Execute(ref Pass pass, ImmutableArray<VectorOperation> operations)
    {
        foreach (ref readonly var operation in operations.AsSpan())
        {
            var destination = Register(operation.Destination);
            switch (VectorOperations.Form(operation.Opcode))
            {
                case OperandForm.Load:
                    Load(ref pass, operation, destination);
                    continue;
                case OperandForm.Store:
                    StreamAccess.Store(_places[operation.A], pass.Address((int)operation.B, out var target), target.Type, pass.Walk((int)operation.B));
                    continue;
                case OperandForm.Immediate:
                    VectorKernels.Fill(destination, operation.Immediate, pass.Count);
                    break;
                case OperandForm.Unary:
                    VectorKernels.Unary(operation.Opcode, destination, _places[operation.A], pass.Count);
                    break;
                case OperandForm.Accumulate:
                    Accumulate(ref pass, operation);
                    break;
                default:
                    Combine(operation, destination, pass.Count);
                    break;
            }

            _places[operation.Destination] = destination;
        }
    }

    /// <summary>Reads whole float32 tiles where they lie, and copies all others into the register.</summary>
    private void Load(ref Pass pass, in VectorOperation operation, float* destination)
    {
        var address = pass.Address((int)operation.B, out var source);
        var walk = pass.Walk((int)operation.B);
        var isInPlace = source.Type == DataType.Float32 && walk.ColumnStride == 1 && walk.RowStride == walk.Columns
            && pass.Count % LaneReduction.Lanes == 0 && !pass.MayOverwrite;
        if (!isInPlace)
        {
            StreamAccess.Load(destination, address, source.Type, walk);
        }

        _places[operation.Destination] = isInPlace ? (float*)address : destination;
    }

    private void Accumulate(ref Pass pass, in VectorOperation operation)
    {
        var accumulator = Register(operation.Destination);
        if (pass.Loop.IsVertical)
        {
            VectorKernels.Binary(operation.Opcode, accumulator, accumulator, _places[operation.A], 1, pass.Count);
        }
        else
        {
            LaneReduction.Accumulate(operation.Opcode, accumulator, _places[operation.A], pass.Count);
        }
    }

    private void Combine(in VectorOperation operation, float* destination, int count)
    {
        var immediate = Register(VectorOperations.RegisterCount);
        var b = operation.HasImmediate ? immediate : _places[(int)operation.B];
        if (operation.HasImmediate)
        {
            VectorKernels.Fill(immediate, operation.Immediate, VectorKernels.Granule);
        }

        var step = operation.HasImmediate ? 0 : 1;
        if (VectorOperations.Form(operation.Opcode) == OperandForm.Ternary)
        {
            VectorKernels.Ternary(operation.Opcode, destination, _places[operation.A], b, step, _places[operation.C], count);
        }
        else
        {
            VectorKernels.Binary(operation.Opcode, destination, _places[operation.A], b, step, count);
        }
    }

    /// <summary>Where a loop stands: the step of each dimension, and the tile at that place.</summary>
    private struct Pass(VectorLoop loop, nint* regions, long* index)
    {
        public readonly VectorLoop Loop = loop;
        public readonly int Kept = loop.Extents.Length - loop.ReduceRank;
        public readonly bool MayOverwrite = WritesWhatItReads(loop);
        private readonly nint* _regions = regions;
        private readonly long* _index = index;
        private int _rowDimension = -1;
        private int _laneDimension;
        private int _rows = 1;
        private int _columns;

        /// <summary>Elements of the tile.</summary>
        public readonly int Count => _rows * _columns;

        private static bool WritesWhatItReads(VectorLoop loop)
        {
            var (read, written) = (0UL, 0UL);
            foreach (ref readonly var operation in loop.Body.AsSpan())
            {
                if (operation.Opcode is VectorOpcode.Load or VectorOpcode.Store)
                {
                    var bit = 1UL << Math.Min(loop.Streams[(int)operation.B].Memory.Region, 63);
                    (read, written) = operation.Opcode == VectorOpcode.Load ? (read | bit, written) : (read, written | bit);
                }
            }

            return (read & written) != 0;
        }

        /// <summary>Sets the tile: from these steps on, at most so many rows and columns.</summary>
        public void SetTile(int rowDimension, long row, int rows, int laneDimension, long column, int columns)
        {
            (_rowDimension, _laneDimension, _rows) = (rowDimension, laneDimension, 1);
            if (rowDimension >= 0)
            {
                _index[rowDimension] = row;
                _rows = (int)Math.Min(rows, Loop.Extents[rowDimension] - row);
            }

            _index[laneDimension] = column;
            _columns = (int)Math.Min(columns, Loop.Extents[laneDimension] - column);
        }

        /// <summary>The next step of the dimensions [first, end), the last of them fastest; false, and all 0, after the last step.</summary>
        public readonly bool Step(int first, int end)
        {
            for (var i = end - 1; i >= first; i--)
            {
                if (++_index[i] < Loop.Extents[i])
                {
                    return true;
                }

                _index[i] = 0;
            }

            return false;
        }

        public readonly byte* Address(int stream, out MemoryOperand memory)
        {
            var walk = Loop.Streams[stream];
            memory = walk.Memory;
            var elements = 0L;
            for (var i = 0; i < walk.Strides.Length; i++)
            {
                elements += walk.Strides[i] * _index[i];
            }

            return (byte*)_regions[memory.Region] + memory.ByteOffset + (elements * memory.ElementBytes);
        }

        public readonly TileWalk Walk(int stream)
        {
            var strides = Loop.Streams[stream].Strides;
            return new TileWalk(_rows, _columns, _rowDimension < 0 ? _columns : strides[_rowDimension], strides[_laneDimension]);
        }
    }
}
