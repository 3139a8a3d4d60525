using System.Runtime.CompilerServices;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>Offsets of a map's pixels, one after the other, row by row.</summary>
internal struct PixelPosition(long pixelStride, long rowStride, int width, long first)
{
    private long _row = first / width * rowStride;
    private int _x = (int)(first % width);

    public PixelPosition(in FeatureMap map, long first)
        : this(map.PixelStride, map.RowStride, map.Width, first)
    {
    }

    /// <summary>Byte offset of the next pixel.</summary>
    public long Next()
    {
        var offset = _row + (_x * pixelStride);
        if (++_x == width)
        {
            (_x, _row) = (0, _row + rowStride);
        }

        return offset;
    }
}

/// <summary>Where the input pixels of each output pixel lie, tap by tap; the pad row stands for those outside.</summary>
internal sealed unsafe class TapPointers
{
    private readonly Window _window;
    private readonly int _outputWidth;
    private readonly StagedInput _staged;
    private readonly long[] _offsets;
    private readonly int _reachY;
    private readonly int _reachX;
    private readonly Workspace.Slot _slot;
    private readonly long _pointers;
    private readonly long _insideOffsets;
    private readonly bool _isUnit;
    private readonly int _period;

    /// <summary>Pointers for some pixels of a convolution.</summary>
    /// <param name="command">The convolution.</param>
    /// <param name="staged">Its input.</param>
    /// <param name="pixels">Output pixels held at a time.</param>
    /// <param name="tapCount">Pointers per pixel; those beyond the window's taps point at the pad row.</param>
    /// <param name="slot">Memory.</param>
    /// <param name="repeats">How often the same pointers follow one another; divides <paramref name="tapCount"/>.</param>
    public TapPointers(in Convolution command, StagedInput staged, int pixels, int tapCount, Workspace.Slot slot, int repeats = 1)
    {
        _period = tapCount / repeats;
        (_window, _outputWidth, _staged, TapCount) = (staged.Window, command.Output.Width, staged, tapCount);
        _reachY = (_window.KernelHeight - 1) * _window.DilationY;
        _reachX = (_window.KernelWidth - 1) * _window.DilationX;
        _offsets = new long[_window.Taps];
        for (var tap = 0; tap < _offsets.Length; tap++)
        {
            _offsets[tap] = (tap / _window.KernelWidth * _window.DilationY * staged.RowStride) + (tap % _window.KernelWidth * _window.DilationX * staged.PixelStride);
        }

        _slot = slot;
        _pointers = slot.Take(checked((long)pixels * tapCount * sizeof(byte*)));
        _insideOffsets = slot.Take((long)tapCount * sizeof(long));
        Step = _window.StrideX * staged.PixelStride;
        _isUnit = tapCount == 1 && _window is { PadTop: 0, PadLeft: 0, StrideY: 1, StrideX: 1 }
            && command.Output.Height <= staged.Height && command.Output.Width <= staged.Width;
    }

    public int TapCount { get; }

    /// <summary>Bytes from the window of one output pixel to that of the next.</summary>
    public long Step { get; }

    /// <summary>The output pixels of a row whose window lies wholly inside; none is (−1, −1).</summary>
    public (int First, int End) Inside(int y)
    {
        var row = (y * _window.StrideY) - _window.PadTop;
        var first = (_window.PadLeft + _window.StrideX - 1) / _window.StrideX;
        var last = _staged.Width - 1 - _reachX + _window.PadLeft;
        var end = last < 0 ? 0 : Math.Min(_outputWidth, (last / _window.StrideX) + 1);
        return row >= 0 && row + _reachY < _staged.Height && first < end ? (first, end) : (-1, -1);
    }

    /// <summary>Where the window of an output pixel starts; only for pixels inside is it within the map.</summary>
    public byte* Start(byte* input, int y, int x) =>
        input + (((y * _window.StrideY) - _window.PadTop) * _staged.RowStride) + (((x * _window.StrideX) - _window.PadLeft) * _staged.PixelStride);

    /// <summary>Offsets of all taps from the start of a window inside; taps beyond the window read its first byte.</summary>
    public long* Offsets()
    {
        var offsets = (long*)_slot[_insideOffsets];
        for (var tap = 0; tap < TapCount; tap++)
        {
            offsets[tap] = tap % _period < _offsets.Length ? _offsets[tap % _period] : 0;
        }

        return offsets;
    }

    /// <summary>Pointers of the pixels from <paramref name="first"/>, counted row by row: <see cref="TapCount"/> for each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public byte** Compute(byte* input, long first, int count)
    {
        var pointers = (byte**)_slot[_pointers];
        if (_isUnit)
        {
            var position = new PixelPosition(_staged.PixelStride, _staged.RowStride, _outputWidth, first);
            for (var i = 0; i < count; i++)
            {
                pointers[i] = input + position.Next();
            }

            return pointers;
        }

        var (y, x) = ((int)(first / _outputWidth), (int)(first % _outputWidth));
        for (var i = 0; i < count; i++)
        {
            Pixel(input, y, x, pointers + ((long)i * TapCount));
            for (var tap = _period; tap < TapCount; tap++)
            {
                pointers[((long)i * TapCount) + tap] = pointers[((long)i * TapCount) + tap - _period];
            }

            if (++x == _outputWidth)
            {
                (y, x) = (y + 1, 0);
            }
        }

        return pointers;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pixel(byte* input, int y, int x, byte** pointers)
    {
        for (var tap = _offsets.Length; tap < _period; tap++)
        {
            pointers[tap] = _staged.PadRow;
        }

        var row = (y * _window.StrideY) - _window.PadTop;
        var column = (x * _window.StrideX) - _window.PadLeft;
        var start = input + (row * _staged.RowStride) + (column * _staged.PixelStride);
        if (row >= 0 && row + _reachY < _staged.Height && column >= 0 && column + _reachX < _staged.Width)
        {
            fixed (long* offsets = _offsets)
            {
                for (var tap = 0; tap < _offsets.Length; tap++)
                {
                    pointers[tap] = start + offsets[tap];
                }
            }

            return;
        }

        for (var tap = 0; tap < _offsets.Length; tap++)
        {
            var ty = row + (tap / _window.KernelWidth * _window.DilationY);
            var tx = column + (tap % _window.KernelWidth * _window.DilationX);
            var inside = (uint)ty < (uint)_staged.Height && (uint)tx < (uint)_staged.Width;
            pointers[tap] = inside ? start + _offsets[tap] : _staged.PadRow;
        }
    }
}
