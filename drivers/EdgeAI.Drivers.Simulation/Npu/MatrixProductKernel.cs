using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>
/// Product of two activations: differences from the zero points as 16-bit pairs, so that one multiply-add takes two steps of the depth
/// for eight columns.
/// </summary>
internal sealed unsafe class MatrixProductKernel : Kernel
{
    private const int Columns = 16;

    /// <summary>Rows whose sums are in registers together.</summary>
    private const int Rows = 6;

    private readonly MatrixProduct _command;
    private readonly Workspace.Slot _slot;
    private readonly Requantizer _requantizer;
    private readonly int _pairs;
    private readonly int _blocks;
    private readonly long _second;
    private readonly long _rows;
    private readonly bool _isVector;
    private readonly bool _firstSigned;
    private readonly bool _secondSigned;

    public MatrixProductKernel(MatrixProduct command, Workspace.Slot slot, bool scalar)
    {
        (_command, _slot) = (command, slot);
        _requantizer = new(command.OutputZeroPoint, command.Minimum, command.Maximum, command.Flags.HasFlag(CommandFlags.OutputSigned));
        (_firstSigned, _secondSigned) = (command.Flags.HasFlag(CommandFlags.InputSigned), command.Flags.HasFlag(CommandFlags.SecondSigned));
        _isVector = !scalar && Avx2.IsSupported && command.Output.ChannelStride == 1;
        (_pairs, _blocks) = ((command.First.Channels + 1) / 2, (command.Output.Channels + Columns - 1) / Columns);
        _second = slot.Take(checked((long)_pairs * _blocks * Columns * sizeof(int)));
        _rows = slot.Take((long)Rows * _pairs * sizeof(int));
    }

    public override void Run(RegionPointers regions)
    {
        var first = regions[_command.First.Address];
        var second = regions[_command.Second.Address];
        var output = regions[_command.Output.Address];
        for (var batch = 0L; batch < _command.Output.Height; batch++)
        {
            if (batch == 0 || _command.Second.RowStride != 0)
            {
                Arrange(second + (batch * _command.Second.RowStride));
            }

            Product(first + (batch * _command.First.RowStride), output + (batch * _command.Output.RowStride));
        }
    }

    private void Product(byte* first, byte* output)
    {
        for (var row = 0L; row < _command.Output.Width; row += Rows)
        {
            var count = (int)Math.Min(Rows, _command.Output.Width - row);
            for (var i = 0; i < count; i++)
            {
                Widen(first + ((row + i) * _command.First.PixelStride), (short*)_slot[_rows] + (2L * i * _pairs));
            }

            var target = output + (row * _command.Output.PixelStride);
            if (count == Rows && _isVector && Avx512BW.IsSupported)
            {
                SixRows(target);
                continue;
            }

            for (var i = 0; i < count; i++, target += _command.Output.PixelStride)
            {
                One(i, target);
            }
        }
    }

    private void One(int row, byte* target)
    {
        if (_isVector)
        {
            Vectors((int*)_slot[_rows] + ((long)row * _pairs), target);
        }
        else
        {
            Scalars((short*)_slot[_rows] + (2L * row * _pairs), target);
        }
    }

    /// <summary>The second matrix as [column block][pair of depths][column][2].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Arrange(byte* second)
    {
        var target = (int*)_slot[_second];
        NativeMemory.Clear(target, (nuint)_pairs * (nuint)_blocks * Columns * sizeof(int));
        var (depthStride, columnStride) = ((long)_command.Second.PixelStride, (long)_command.Second.ChannelStride);
        var wholePairs = _command.Second.Width / 2;
        for (var column = 0; column < _command.Second.Channels; column++)
        {
            var place = target + ((long)column / Columns * _pairs * Columns) + (column % Columns);
            var source = second + (column * columnStride);
            for (var pair = 0; pair < wholePairs; pair++, source += 2 * depthStride, place += Columns)
            {
                *place = (ushort)Difference(*source, _secondSigned, _command.ZeroPointB) | (Difference(source[depthStride], _secondSigned, _command.ZeroPointB) << 16);
            }

            if (wholePairs < _pairs)
            {
                *place = (ushort)Difference(*source, _secondSigned, _command.ZeroPointB);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Widen(byte* source, short* target)
    {
        target[(2 * _pairs) - 1] = 0;
        var (stride, signed, zeroPoint) = ((long)_command.First.ChannelStride, _firstSigned, _command.ZeroPointA);
        for (var depth = 0; depth < _command.First.Channels; depth++)
        {
            target[depth] = Difference(source[depth * stride], signed, zeroPoint);
        }
    }

    private static short Difference(byte raw, bool signed, int zeroPoint) => (short)((signed ? (sbyte)raw : raw) - zeroPoint);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Vectors(int* row, byte* output)
    {
        var buffer = stackalloc byte[Columns];
        var second = (int*)_slot[_second];
        var (multiplier, columns) = (Vector256.Create(_command.Multiplier), _command.Output.Channels);
        for (var block = 0; block < _blocks; block++)
        {
            var (low, high) = (Vector256<int>.Zero, Vector256<int>.Zero);
            for (var pair = 0; pair < _pairs; pair++, second += Columns)
            {
                var value = Vector256.Create(row[pair]).AsInt16();
                low += Avx2.MultiplyAddAdjacent(value, Vector256.Load(second).AsInt16());
                high += Avx2.MultiplyAddAdjacent(value, Vector256.Load(second + 8).AsInt16());
            }

            var rest = Math.Min(Columns, columns - (block * Columns));
            _requantizer.Convert(low, high, multiplier, multiplier).Store(buffer);
            Buffer.MemoryCopy(buffer, output + (block * Columns), rest, rest);
        }
    }

    /// <summary>Six rows with 512 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SixRows(byte* output)
    {
        var buffer = stackalloc byte[Rows * Columns];
        var (pairs, stride) = ((long)_pairs, (long)_command.Output.PixelStride);
        var rows = (int*)_slot[_rows];
        var columns = (int*)_slot[_second];
        var multiplier = Vector512.Create(_command.Multiplier);
        for (var block = 0; block < _blocks; block++)
        {
            Vector512<int> a, b, c, d, e, f;
            a = b = c = d = e = f = Vector512<int>.Zero;
            for (var row = rows; row < rows + pairs; row++, columns += Columns)
            {
                var weights = Vector512.Load(columns).AsInt16();
                a += Avx512BW.MultiplyAddAdjacent(Vector512.Create(row[0]).AsInt16(), weights);
                b += Avx512BW.MultiplyAddAdjacent(Vector512.Create(row[pairs]).AsInt16(), weights);
                c += Avx512BW.MultiplyAddAdjacent(Vector512.Create(row[2 * pairs]).AsInt16(), weights);
                d += Avx512BW.MultiplyAddAdjacent(Vector512.Create(row[3 * pairs]).AsInt16(), weights);
                e += Avx512BW.MultiplyAddAdjacent(Vector512.Create(row[4 * pairs]).AsInt16(), weights);
                f += Avx512BW.MultiplyAddAdjacent(Vector512.Create(row[5 * pairs]).AsInt16(), weights);
            }

            Avx512F.ConvertToVector128Byte(_requantizer.Convert(a, multiplier)).Store(buffer);
            Avx512F.ConvertToVector128Byte(_requantizer.Convert(b, multiplier)).Store(buffer + Columns);
            Avx512F.ConvertToVector128Byte(_requantizer.Convert(c, multiplier)).Store(buffer + (2 * Columns));
            Avx512F.ConvertToVector128Byte(_requantizer.Convert(d, multiplier)).Store(buffer + (3 * Columns));
            Avx512F.ConvertToVector128Byte(_requantizer.Convert(e, multiplier)).Store(buffer + (4 * Columns));
            Avx512F.ConvertToVector128Byte(_requantizer.Convert(f, multiplier)).Store(buffer + (5 * Columns));
            var rest = Math.Min(Columns, _command.Output.Channels - (block * Columns));
            for (var i = 0; i < Rows; i++)
            {
                Buffer.MemoryCopy(buffer + (i * Columns), output + (i * stride) + (block * Columns), rest, rest);
            }
        }
    }

    private void Scalars(short* row, byte* output)
    {
        var second = (short*)_slot[_second];
        for (var column = 0; column < _command.Output.Channels; column++)
        {
            var start = second + (((((long)column / Columns) * _pairs * Columns) + (column % Columns)) * 2);
            var sum = 0;
            for (var depth = 0; depth < _command.First.Channels; depth++)
            {
                sum = unchecked(sum + (row[depth] * start[((long)depth / 2 * Columns * 2) + (depth % 2)]));
            }

            output[(long)column * _command.Output.ChannelStride] = _requantizer.Convert(sum, _command.Multiplier);
        }
    }
}
