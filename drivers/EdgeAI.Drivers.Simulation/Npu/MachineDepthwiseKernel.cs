using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeAI.Drivers.Simulation.Npu.HostCode;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>
/// Depthwise convolution by machine code. Per output row and block of channels the bytes of four input rows are interleaved, column by
/// column, once for all output pixels that read the column.
/// </summary>
internal sealed unsafe class MachineDepthwiseKernel : Kernel, IPartedWork
{
    /// <summary>Rows of an input column, and vectors of a block, that go together.</summary>
    private const int Four = 4;

    private const int BlockBytes = DepthwiseCode.Channels * Four;
    private const long LeastSharedMacs = 200_000;

    private readonly Convolution _command;
    private readonly Workspace.Slot _slot;
    private readonly WorkerPool _pool;
    private readonly DepthwiseCode _code;
    private readonly DepthwiseTable _table;
    private readonly RequantizeArguments _ending;
    private readonly byte _flip;
    private readonly int _rowGroups;
    private readonly int _firstColumn;
    private readonly int _columns;
    private readonly long _offsets;
    private readonly long _padRow;
    private readonly long[] _scratch;
    private readonly int _parts = 1;
    private byte* _input;
    private byte* _output;

    public MachineDepthwiseKernel(Convolution command, KernelContext context, DepthwiseCode code)
    {
        (_command, _slot, _pool, _code) = (command, context.Workspace.NewSlot(), context.Pool, code);
        _flip = command.Flags.HasFlag(CommandFlags.InputSigned) ? (byte)0x80 : (byte)0;
        _ending = RequantizeArguments.Of(command);
        var window = command.Window;
        _rowGroups = (window.KernelHeight + Four - 1) / Four;
        _firstColumn = -window.PadLeft;
        _columns = (int)ColumnsOf(command);
        _table = new(command, context.Workspace);
        _offsets = _slot.Take(2L * Units * sizeof(nint));
        _padRow = _slot.Take(DepthwiseCode.Channels);
        if (_pool.Workers > 1 && command.Output.Pixels * command.Output.Channels * window.Taps >= LeastSharedMacs)
        {
            _parts = Math.Min(command.Output.Height, _pool.WantedParts);
        }

        _scratch = [.. Enumerable.Range(0, _parts == 1 ? 1 : _pool.Workers).Select(_ => _slot.Take((long)_columns * _rowGroups * BlockBytes))];
    }

    /// <summary>True where the kernel can take the command, and interleaved columns need no more memory than some copies of the input.</summary>
    public static bool Takes(Convolution command)
    {
        const long LeastBytes = 16 << 10;
        const long MostCopies = 32;
        var rowGroups = (command.Window.KernelHeight + Four - 1) / Four;
        return !command.Flags.HasFlag(CommandFlags.WeightZeroPoints)
            && ColumnsOf(command) <= (LeastBytes + (MostCopies * command.Input.Pixels * command.Input.Channels)) / BlockBytes / rowGroups;
    }

    private int Units => _rowGroups * _command.Window.KernelWidth;

    public override void Run(RegionPointers regions)
    {
        _table.Refresh(regions[_command.Weights], regions[_command.Table]);
        _input = regions[_command.Input.Address];
        _output = regions[_command.Output.Address];
        new Span<byte>(_slot[_padRow], DepthwiseCode.Channels).Fill((byte)_command.PadValue);
        FillOffsets((nint*)_slot[_offsets], DepthwiseCode.Channels);
        FillOffsets((nint*)_slot[_offsets] + Units, DepthwiseCode.Channels / 2);
        _pool.Run(this, _parts);
    }

    /// <inheritdoc/>
    public void Execute(int part, int worker)
    {
        var height = (long)_command.Output.Height;
        var columns = _slot[_scratch[worker]];
        for (var y = (int)(height * part / _parts); y < (int)(height * (part + 1) / _parts); y++)
        {
            var channels = _command.Output.Channels;
            for (var channel = 0; channel < channels; channel += DepthwiseCode.Channels)
            {
                var width = DepthwiseTable.WidthOf(channels - channel);
                Interleave(y, channel, width, columns);
                Row(y, channel, width, columns);
            }
        }
    }

    /// <summary>Input columns from the first that an output row reads to its last.</summary>
    private static long ColumnsOf(Convolution command) =>
        ((command.Output.Width - 1L) * command.Window.StrideX) + ((command.Window.KernelWidth - 1L) * command.Window.DilationX) + 1;

    /// <summary>Where the columns of a window and their groups of four rows lie from its first, for blocks of that many channels.</summary>
    private void FillOffsets(nint* offsets, int width)
    {
        for (var column = 0; column < _command.Window.KernelWidth; column++)
        {
            for (var group = 0; group < _rowGroups; group++)
            {
                *offsets++ = (((nint)column * _command.Window.DilationX * _rowGroups) + group) * width * Four;
            }
        }
    }

    /// <summary>The columns that an output row reads, four rows together; what lies outside the map has the pad value.</summary>
    private void Interleave(int y, int channel, int width, byte* columns)
    {
        var columnBytes = (long)_rowGroups * width * Four;
        var first = Math.Clamp(-_firstColumn, 0, _columns);
        var end = (int)Math.Clamp((long)_command.Input.Width - _firstColumn, first, _columns);
        Pad(columns, first * columnBytes);
        Pad(columns + (end * columnBytes), (_columns - end) * columnBytes);
        for (var group = 0; group < _rowGroups; group++)
        {
            var rows = new FourRows(this, y, group * Four, channel, first + _firstColumn);
            var target = columns + (first * columnBytes) + ((long)group * width * Four);
            if (width == DepthwiseCode.Channels)
            {
                Interleave64(in rows, end - first, target, columnBytes, _flip);
            }
            else
            {
                Interleave32(in rows, end - first, target, columnBytes, _flip);
            }
        }
    }

    private void Pad(byte* target, long bytes) => new Span<byte>(target, checked((int)bytes)).Fill((byte)(_command.PadValue ^ _flip));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Interleave64(in FourRows rows, int count, byte* target, long step, byte flip)
    {
        var flips = Vector512.Create(flip);
        byte* r0 = rows.Row0, r1 = rows.Row1, r2 = rows.Row2, r3 = rows.Row3;
        long s0 = rows.Step0, s1 = rows.Step1, s2 = rows.Step2, s3 = rows.Step3;
        for (; count > 0; count--, target += step)
        {
            var a = Vector512.Load(r0) ^ flips;
            var b = Vector512.Load(r1) ^ flips;
            var c = Vector512.Load(r2) ^ flips;
            var d = Vector512.Load(r3) ^ flips;
            var lowAB = Avx512BW.UnpackLow(a, b).AsInt16();
            var highAB = Avx512BW.UnpackHigh(a, b).AsInt16();
            var lowCD = Avx512BW.UnpackLow(c, d).AsInt16();
            var highCD = Avx512BW.UnpackHigh(c, d).AsInt16();
            Avx512BW.UnpackLow(lowAB, lowCD).Store((short*)target);
            Avx512BW.UnpackHigh(lowAB, lowCD).Store((short*)(target + 64));
            Avx512BW.UnpackLow(highAB, highCD).Store((short*)(target + 128));
            Avx512BW.UnpackHigh(highAB, highCD).Store((short*)(target + 192));
            r0 += s0;
            r1 += s1;
            r2 += s2;
            r3 += s3;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Interleave32(in FourRows rows, int count, byte* target, long step, byte flip)
    {
        var flips = Vector256.Create(flip);
        byte* r0 = rows.Row0, r1 = rows.Row1, r2 = rows.Row2, r3 = rows.Row3;
        long s0 = rows.Step0, s1 = rows.Step1, s2 = rows.Step2, s3 = rows.Step3;
        for (; count > 0; count--, target += step)
        {
            var a = Vector256.Load(r0) ^ flips;
            var b = Vector256.Load(r1) ^ flips;
            var c = Vector256.Load(r2) ^ flips;
            var d = Vector256.Load(r3) ^ flips;
            var lowAB = Avx2.UnpackLow(a, b).AsInt16();
            var highAB = Avx2.UnpackHigh(a, b).AsInt16();
            var lowCD = Avx2.UnpackLow(c, d).AsInt16();
            var highCD = Avx2.UnpackHigh(c, d).AsInt16();
            Avx2.UnpackLow(lowAB, lowCD).Store((short*)target);
            Avx2.UnpackHigh(lowAB, lowCD).Store((short*)(target + 32));
            Avx2.UnpackLow(highAB, highCD).Store((short*)(target + 64));
            Avx2.UnpackHigh(highAB, highCD).Store((short*)(target + 96));
            r0 += s0;
            r1 += s1;
            r2 += s2;
            r3 += s3;
        }
    }

    private void Row(int y, int channel, int width, byte* columns)
    {
        var rest = Math.Min(width, _command.Output.Channels - channel);
        var arguments = new DepthwiseArguments
        {
            Columns = columns,
            PixelStep = (nint)_command.Window.StrideX * _rowGroups * width * Four,
            Offsets = (nint*)_slot[_offsets] + (width == DepthwiseCode.Channels ? 0 : Units),
            Units = Units,
            Weights = _table.Weights(channel),
            Bias = _table.Bias(channel),
            Multipliers = _table.Multipliers(channel),
            Target = _output + ((long)y * _command.Output.RowStride) + channel,
            TargetStep = _command.Output.PixelStride,
            Mask = ulong.MaxValue >> (64 - rest),
            Ending = _ending,
        };
        var (tiles, pixels) = Math.DivRem(_command.Output.Width, DepthwiseCode.Pixels);
        Tiles(tiles, DepthwiseCode.Pixels, width, rest < width, ref arguments);
        Tiles(pixels == 0 ? 0 : 1, pixels, width, rest < width, ref arguments);
    }

    private void Tiles(int tiles, int pixels, int width, bool isPartial, ref DepthwiseArguments arguments)
    {
        if (tiles > 0)
        {
            arguments.Tiles = tiles;
            fixed (DepthwiseArguments* pointer = &arguments)
            {
                _code.Run(pixels, width, isPartial, pointer);
            }
        }
    }

    /// <summary>Four rows of a window from one input column on. A row outside the map, or beyond the window, is a pixel of pad that does not move.</summary>
    private readonly struct FourRows
    {
        public readonly byte* Row0;
        public readonly byte* Row1;
        public readonly byte* Row2;
        public readonly byte* Row3;
        public readonly long Step0;
        public readonly long Step1;
        public readonly long Step2;
        public readonly long Step3;

        public FourRows(MachineDepthwiseKernel kernel, int y, int firstTap, int channel, int column)
        {
            Row0 = Of(kernel, y, firstTap, channel, column, out Step0);
            Row1 = Of(kernel, y, firstTap + 1, channel, column, out Step1);
            Row2 = Of(kernel, y, firstTap + 2, channel, column, out Step2);
            Row3 = Of(kernel, y, firstTap + 3, channel, column, out Step3);
        }

        private static byte* Of(MachineDepthwiseKernel kernel, int y, int tap, int channel, int column, out long step)
        {
            var (window, input) = (kernel._command.Window, kernel._command.Input);
            var row = ((long)y * window.StrideY) - window.PadTop + ((long)tap * window.DilationY);
            var isInside = tap < window.KernelHeight && row >= 0 && row < input.Height;
            step = isInside ? input.PixelStride : 0;
            return isInside ? kernel._input + (row * input.RowStride) + ((long)column * input.PixelStride) + channel : kernel._slot[kernel._padRow];
        }
    }
}
