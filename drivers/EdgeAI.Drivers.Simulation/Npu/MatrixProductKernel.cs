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

    private readonly MatrixProduct _command;
    private readonly Workspace.Slot _slot;
    private readonly Requantizer _requantizer;
    private readonly int _pairs;
    private readonly int _blocks;
    private readonly long _second;
    private readonly long _row;
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
        _row = slot.Take((long)_pairs * sizeof(int));
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
        for (var row = 0L; row < _command.Output.Width; row++)
        {
            Widen(first + (row * _command.First.PixelStride));
            var target = output + (row * _command.Output.PixelStride);
            if (_isVector)
            {
                Vectors(target);
            }
            else
            {
                Scalars(target);
            }
        }
    }

    /// <summary>The second matrix as [column block][pair of depths][column][2].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Arrange(byte* second)
    {
        var target = (short*)_slot[_second];
        NativeMemory.Clear(target, (nuint)_pairs * (nuint)_blocks * Columns * sizeof(int));
        for (var depth = 0; depth < _command.Second.Width; depth++)
        {
            var source = second + ((long)depth * _command.Second.PixelStride);
            for (var column = 0; column < _command.Second.Channels; column++)
            {
                var place = (((((long)column / Columns * _pairs) + (depth / 2)) * Columns) + (column % Columns)) * 2;
                target[place + (depth % 2)] = Difference(source[(long)column * _command.Second.ChannelStride], _secondSigned, _command.ZeroPointB);
            }
        }
    }

    private void Widen(byte* source)
    {
        var target = (short*)_slot[_row];
        target[(2 * _pairs) - 1] = 0;
        for (var depth = 0; depth < _command.First.Channels; depth++)
        {
            target[depth] = Difference(source[(long)depth * _command.First.ChannelStride], _firstSigned, _command.ZeroPointA);
        }
    }

    private static short Difference(byte raw, bool signed, int zeroPoint) => (short)((signed ? (sbyte)raw : raw) - zeroPoint);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Vectors(byte* output)
    {
        var buffer = stackalloc byte[Columns];
        var row = (int*)_slot[_row];
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

    private void Scalars(byte* output)
    {
        var row = (short*)_slot[_row];
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
