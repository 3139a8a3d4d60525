using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>
/// The input of a convolution as the vector kernels want it: unsigned (int8 with its sign bit flipped, which adds 128), the channels of
/// each group padded with zeros to the kernel's granule. Where SRAM already looks like that, nothing is copied. A copy for a window of
/// several columns has the border that the window reads, so that each row of the window is one long tap.
/// </summary>
internal sealed unsafe class StagedInput
{
    /// <summary>Channels below which a copy with a border saves more than it costs, though the map could be read as it is.</summary>
    private const int FewChannels = 64;

    private const int Colors = 3;

    private readonly FeatureMap _input;
    private readonly int _groups;
    private readonly int _channels;
    private readonly int _paddedChannels;
    private readonly int _granule;
    private readonly byte _flip;
    private readonly byte _padValue;
    private readonly Workspace.Slot _slot;
    private readonly bool _isCopied;
    private readonly bool _isBordered;
    private readonly int _top;
    private readonly int _left;
    private readonly long _copy;
    private readonly long _padRow;

    public StagedInput(Convolution command, int groups, int granule, Workspace.Slot slot)
    {
        (_input, Window) = (command.Input, command.Window);
        _groups = groups;
        _channels = command.Input.Channels / groups;
        _granule = granule;
        _paddedChannels = (_channels + granule - 1) / granule * granule;
        IsFlipped = command.Flags.HasFlag(CommandFlags.InputSigned);
        _flip = IsFlipped ? (byte)0x80 : (byte)0;
        GroupStride = _paddedChannels;
        _padValue = (byte)(command.PadValue ^ _flip);
        _slot = slot;
        (Height, Width) = (_input.Height, _input.Width);
        _isBordered = groups == 1 && granule > 1 && (IsFlipped || _paddedChannels != _channels || _channels <= FewChannels) && IsBorderSmall(command);
        if (_isBordered)
        {
            (_top, _left) = (Window.PadTop, Window.PadLeft);
            (Height, Width) = ((int)RowsOf(command), (int)ColumnsOf(command));
            Window = Window with { PadTop = 0, PadLeft = 0, KernelWidth = 1 };
        }

        _padRow = slot.Take((long)groups * _paddedChannels);
        _isCopied = _isBordered || IsFlipped || _paddedChannels != _channels;
        _copy = _isCopied ? slot.Take(checked((long)Height * Width * groups * _paddedChannels)) : 0;
        PixelStride = _isCopied ? groups * _paddedChannels : _input.PixelStride;
        RowStride = _isCopied ? Width * PixelStride : _input.RowStride;
        TapBytes = _isBordered ? command.Window.KernelWidth * _paddedChannels : _paddedChannels;
    }

    /// <summary>True when 128 was added to each value.</summary>
    public bool IsFlipped { get; }

    public long PixelStride { get; }

    public long RowStride { get; }

    public int GroupStride { get; }

    /// <summary>Rows that the window moves over.</summary>
    public int Height { get; }

    /// <summary>Columns that the window moves over.</summary>
    public int Width { get; }

    /// <summary>The window on it.</summary>
    public Window Window { get; }

    /// <summary>Bytes of a group in each tap of <see cref="Window"/>.</summary>
    public int TapBytes { get; }

    /// <summary>A pixel of the pad value.</summary>
    public byte* PadRow => _slot[_padRow];

    /// <summary>The first pixel.</summary>
    public byte* Stage(RegionPointers regions)
    {
        var source = regions[_input.Address];
        FillPadRow();
        if (!_isCopied)
        {
            return source;
        }

        var destination = _slot[_copy];
        if (_isBordered)
        {
            Border(source, destination);
            return destination;
        }

        for (var y = 0; y < _input.Height; y++)
        {
            Copy(source + ((long)y * _input.RowStride), destination + (y * RowStride), _input.Width);
        }

        return destination;
    }

    /// <summary>Marks the bytes of a tap that are channels with a value, and what pads them with 0.</summary>
    public void Mark(byte* tap, byte value)
    {
        for (var place = 0; place < TapBytes; place++)
        {
            tap[place] = place % _paddedChannels < _channels ? value : (byte)0;
        }
    }

    private static long RowsOf(Convolution command) =>
        ((command.Output.Height - 1L) * command.Window.StrideY) + ((command.Window.KernelHeight - 1L) * command.Window.DilationY) + 1;

    private static long ColumnsOf(Convolution command) => ((command.Output.Width - 1L) * command.Window.StrideX) + command.Window.KernelWidth;

    /// <summary>True where the window's columns lie side by side and its border does not make the map much larger.</summary>
    private static bool IsBorderSmall(Convolution command)
    {
        const long LeastPixels = 1 << 8;
        return command.Window is { KernelWidth: > 1, DilationX: 1, PadTop: >= 0, PadLeft: >= 0 }
            && RowsOf(command) <= (LeastPixels + (2 * command.Input.Pixels)) / ColumnsOf(command);
    }

    private void FillPadRow()
    {
        for (var group = 0; group < _groups; group++)
        {
            var row = new Span<byte>(PadRow + ((long)group * GroupStride), _paddedChannels);
            row[.._channels].Fill(_padValue);
            row[_channels..].Clear();
        }
    }

    /// <summary>The rows and columns that the window reads; those outside the map are pad.</summary>
    private void Border(byte* source, byte* destination)
    {
        var right = Math.Min(Width, _input.Width + _left);
        for (var y = 0; y < Height; y++, destination += RowStride)
        {
            var row = y - _top;
            if ((uint)row >= (uint)_input.Height || right <= _left)
            {
                Pad(destination, Width);
                continue;
            }

            Pad(destination, _left);
            Copy(source + ((long)row * _input.RowStride), destination + (_left * PixelStride), right - _left);
            Pad(destination + (right * PixelStride), Width - right);
        }
    }

    private void Pad(byte* destination, int pixels)
    {
        for (var i = 0; i < pixels; i++, destination += PixelStride)
        {
            Buffer.MemoryCopy(PadRow, destination, PixelStride, PixelStride);
        }
    }

    /// <summary>Pixels of a row.</summary>
    private void Copy(byte* source, byte* destination, int pixels)
    {
        if (_paddedChannels == _channels && _input.PixelStride == PixelStride)
        {
            Flip(source, destination, pixels * PixelStride);
        }
        else if (_granule == 4)
        {
            PaddedRow(source, destination, pixels);
        }
        else
        {
            for (var x = 0; x < pixels; x++)
            {
                Flip(source + ((long)x * _input.PixelStride), destination + (x * PixelStride), _channels);
            }
        }
    }

    /// <summary>A row of pixels, four channels at a time; the last four are cut to the channels that there are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PaddedRow(byte* source, byte* destination, int pixels)
    {
        var (channels, pixelGap) = (_channels, _input.PixelStride - ((long)_groups * _channels));
        var flip = _flip * 0x01010101u;
        var last = uint.MaxValue >> (8 * (_paddedChannels - channels));
        var x = channels == Colors && _groups == 1 && pixelGap == 0 && Avx512Vbmi.IsSupported ? ColorRow(source, destination, pixels) : 0;
        source += (long)x * Colors;
        destination += (long)x * 4;
        for (; x < pixels; x++, source += pixelGap)
        {
            for (var group = 0; group < _groups; group++, source += channels)
            {
                var i = 0;
                for (; i < channels - 4; i += 4, destination += 4)
                {
                    *(uint*)destination = *(uint*)(source + i) ^ flip;
                }

                *(uint*)destination = (*(uint*)(source + i) ^ flip) & last;
                destination += 4;
            }
        }
    }

    /// <summary>Sixteen pixels of three channels at a time; returns how many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ColorRow(byte* source, byte* destination, int pixels)
    {
        var places = Vector512.CreateSequence<byte>(0, 1);
        var order = places - (Vector512.ShiftRightLogical(places.AsUInt16(), 2).AsByte() & Vector512.Create((byte)0x3F));
        var channels = Vector512.Create(0x00FFFFFFu).AsByte();
        var flips = Vector512.Create(_flip) & channels;
        var x = 0;
        for (; x <= pixels - 16; x += 16, source += 16 * Colors, destination += 64)
        {
            ((Avx512Vbmi.PermuteVar64x8(Vector512.Load(source), order) & channels) ^ flips).Store(destination);
        }

        return x;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Flip(byte* source, byte* destination, long count)
    {
        var i = 0L;
        for (; i <= count - Vector512<byte>.Count; i += Vector512<byte>.Count)
        {
            (Vector512.Load(source + i) ^ Vector512.Create(_flip)).Store(destination + i);
        }

        for (; i <= count - sizeof(ulong); i += sizeof(ulong))
        {
            *(ulong*)(destination + i) = *(ulong*)(source + i) ^ (_flip * 0x0101010101010101ul);
        }

        for (; i < count; i++)
        {
            destination[i] = (byte)(source[i] ^ _flip);
        }
    }
}
