using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>The part of a window that lies inside the map, for one output position along one axis.</summary>
internal readonly record struct WindowSpan(int First, int End)
{
    /// <summary>Taps First…End−1 whose position start + tap·dilation lies in 0…extent−1.</summary>
    public static WindowSpan Of(int start, int kernel, int dilation, int extent)
    {
        var first = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
        var end = start >= extent ? 0 : Math.Min(kernel, ((extent - 1 - start) / dilation) + 1);
        return new(first, Math.Max(first, end));
    }

    public int Count => End - First;
}

/// <summary>Maximum; where the window lies wholly outside, the least value.</summary>
internal sealed unsafe class MaxPoolKernel(MaxPool command, bool scalar) : Kernel
{
    private readonly byte _flip = command.Flags.HasFlag(CommandFlags.InputSigned) ? (byte)0x80 : (byte)0;

    public override void Run(RegionPointers regions)
    {
        var input = regions[command.Input.Address];
        var output = regions[command.Output.Address];
        var window = command.Window;
        for (var y = 0; y < command.Output.Height; y++)
        {
            var top = (y * window.StrideY) - window.PadTop;
            var rows = WindowSpan.Of(top, window.KernelHeight, window.DilationY, command.Input.Height);
            for (var x = 0; x < command.Output.Width; x++)
            {
                var left = (x * window.StrideX) - window.PadLeft;
                var columns = WindowSpan.Of(left, window.KernelWidth, window.DilationX, command.Input.Width);
                var start = input + ((long)top * command.Input.RowStride) + ((long)left * command.Input.PixelStride);
                Pixel(start, rows, columns, output + ((long)y * command.Output.RowStride) + ((long)x * command.Output.PixelStride));
            }
        }
    }

    private void Pixel(byte* start, WindowSpan rows, WindowSpan columns, byte* output)
    {
        var channels = command.Output.Channels;
        if (!scalar && Vector256.IsHardwareAccelerated)
        {
            Vectors(start, rows, columns, output);
            return;
        }

        for (var channel = 0; channel < channels; channel++)
        {
            output[channel] = Scalar(start + channel, rows, columns);
        }
    }

    /// <summary>32 channels at a time; the last may read, but not write, past the pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Vectors(byte* start, WindowSpan rows, WindowSpan columns, byte* output)
    {
        var (flip, channels) = (Vector256.Create(_flip), command.Output.Channels);
        var (rowStep, columnStep) = ((long)command.Window.DilationY * command.Input.RowStride, (long)command.Window.DilationX * command.Input.PixelStride);
        var last = stackalloc byte[Vector256<byte>.Count];
        for (var channel = 0; channel < channels; channel += Vector256<byte>.Count)
        {
            var best = Vector256<byte>.Zero;
            var row = start + channel + (rows.First * rowStep) + (columns.First * columnStep);
            for (var ky = rows.First; ky < rows.End; ky++, row += rowStep)
            {
                var tap = row;
                for (var kx = columns.First; kx < columns.End; kx++, tap += columnStep)
                {
                    best = Vector256.Max(best, Vector256.Load(tap) ^ flip);
                }
            }

            (best ^ flip).Store(channels - channel >= Vector256<byte>.Count ? output + channel : last);
        }

        var rest = channels % Vector256<byte>.Count;
        Buffer.MemoryCopy(last, output + channels - rest, rest, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private byte Scalar(byte* start, WindowSpan rows, WindowSpan columns)
    {
        var best = 0;
        for (var ky = rows.First; ky < rows.End; ky++)
        {
            for (var kx = columns.First; kx < columns.End; kx++)
            {
                best = Math.Max(best, *Tap(start, ky, kx) ^ _flip);
            }
        }

        return (byte)(best ^ _flip);
    }

    private byte* Tap(byte* start, int ky, int kx) =>
        start + ((long)ky * command.Window.DilationY * command.Input.RowStride) + ((long)kx * command.Window.DilationX * command.Input.PixelStride);
}

/// <summary>Average in float32, in the order in which ONNX Runtime adds.</summary>
internal sealed unsafe class AveragePoolKernel(AveragePool command, bool scalar) : Kernel
{
    private readonly bool _inputSigned = command.Flags.HasFlag(CommandFlags.InputSigned);
    private readonly bool _includePad = command.Flags.HasFlag(CommandFlags.CountIncludePad);
    private readonly int _minimum = command.Flags.HasFlag(CommandFlags.OutputSigned) ? sbyte.MinValue : byte.MinValue;
    private readonly int _maximum = command.Flags.HasFlag(CommandFlags.OutputSigned) ? sbyte.MaxValue : byte.MaxValue;

    public override void Run(RegionPointers regions)
    {
        var input = regions[command.Input.Address];
        var output = regions[command.Output.Address];
        var window = command.Window;
        for (var y = 0; y < command.Output.Height; y++)
        {
            var top = (y * window.StrideY) - window.PadTop;
            var rows = WindowSpan.Of(top, window.KernelHeight, window.DilationY, command.Input.Height);
            var paddedRows = WindowSpan.Of(top, window.KernelHeight, window.DilationY, command.Input.Height + command.PadBottom);
            for (var x = 0; x < command.Output.Width; x++)
            {
                var left = (x * window.StrideX) - window.PadLeft;
                var columns = WindowSpan.Of(left, window.KernelWidth, window.DilationX, command.Input.Width);
                var paddedColumns = WindowSpan.Of(left, window.KernelWidth, window.DilationX, command.Input.Width + command.PadRight);
                var divisor = _includePad ? (long)paddedRows.End * paddedColumns.End : (long)rows.Count * columns.Count;
                var start = input + ((long)top * command.Input.RowStride) + ((long)left * command.Input.PixelStride);
                Pixel(start, rows, columns, divisor, output + ((long)y * command.Output.RowStride) + ((long)x * command.Output.PixelStride));
            }
        }
    }

    private void Pixel(byte* start, WindowSpan rows, WindowSpan columns, float divisor, byte* output)
    {
        var channel = !scalar && Avx2.IsSupported ? Vectors(start, rows, columns, divisor, output) : 0;
        for (; channel < command.Output.Channels; channel++)
        {
            var value = Sum(start + channel, rows, columns) / divisor;
            output[channel] = Clamped.Round((value / command.OutputScale) + command.OutputZeroPoint, _minimum, _maximum);
        }
    }

    /// <summary>Eight channels at a time, each in the order of the scalar sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Vectors(byte* start, WindowSpan rows, WindowSpan columns, float divisor, byte* output)
    {
        var (zero, scale) = (Vector256.Create(command.InputZeroPoint), Vector256.Create(command.InputScale));
        var (rowStep, columnStep) = ((long)command.Window.DilationY * command.Input.RowStride, (long)command.Window.DilationX * command.Input.PixelStride);
        var channel = 0;
        for (; channel <= command.Output.Channels - Vector256<float>.Count; channel += Vector256<float>.Count)
        {
            var sum = Vector256<float>.Zero;
            var row = start + channel + (rows.First * rowStep) + (columns.First * columnStep);
            for (var ky = rows.First; ky < rows.End; ky++, row += rowStep)
            {
                var tap = row;
                for (var kx = columns.First; kx < columns.End; kx++, tap += columnStep)
                {
                    var raw = _inputSigned ? Avx2.ConvertToVector256Int32((sbyte*)tap) : Avx2.ConvertToVector256Int32(tap);
                    sum = Avx.Add(sum, Avx.Multiply(Avx.ConvertToVector256Single(Avx2.Subtract(raw, zero)), scale));
                }
            }

            var value = Avx.Divide(Avx.Divide(sum, Vector256.Create(divisor)), Vector256.Create(command.OutputScale));
            var rounded = Clamped.Round(Avx.Add(value, Vector256.Create((float)command.OutputZeroPoint)), _minimum, _maximum);
            for (var i = 0; i < Vector256<int>.Count; i++)
            {
                output[channel + i] = (byte)rounded[i];
            }
        }

        return channel;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Sum(byte* start, WindowSpan rows, WindowSpan columns)
    {
        var sum = 0f;
        for (var ky = rows.First; ky < rows.End; ky++)
        {
            for (var kx = columns.First; kx < columns.End; kx++)
            {
                var raw = *(start + ((long)ky * command.Window.DilationY * command.Input.RowStride) + ((long)kx * command.Window.DilationX * command.Input.PixelStride));
                sum += ((_inputSigned ? (sbyte)raw : raw) - command.InputZeroPoint) * command.InputScale;
            }
        }

        return sum;
    }
}

/// <summary>Integer mean over the whole map.</summary>
internal sealed unsafe class GlobalAveragePoolKernel(GlobalAveragePool command) : Kernel
{
    private const int Block = 32;

    private readonly bool _signed = command.Flags.HasFlag(CommandFlags.InputSigned);
    private readonly Requantizer _requantizer = Requantize(command);

    public override void Run(RegionPointers regions)
    {
        var input = regions[command.Input.Address];
        var output = regions[command.Output.Address];
        var sums = stackalloc int[Block];
        for (var channel = 0; channel < command.Input.Channels; channel += Block)
        {
            var count = Math.Min(Block, command.Input.Channels - channel);
            Sum(input + channel, sums, count);
            for (var i = 0; i < count; i++)
            {
                output[channel + i] = _requantizer.Convert(sums[i], command.Multiplier);
            }
        }
    }

    private static Requantizer Requantize(in GlobalAveragePool command)
    {
        var signed = command.Flags.HasFlag(CommandFlags.OutputSigned);
        return new(command.OutputZeroPoint, signed ? sbyte.MinValue : byte.MinValue, signed ? sbyte.MaxValue : byte.MaxValue, signed);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum(byte* input, int* sums, int count)
    {
        var start = unchecked((int)(-command.Input.Pixels * command.InputZeroPoint));
        new Span<int>(sums, Block).Fill(start);
        for (var y = 0L; y < command.Input.Height; y++)
        {
            for (var x = 0L; x < command.Input.Width; x++)
            {
                var pixel = input + (y * command.Input.RowStride) + (x * command.Input.PixelStride);
                if (count == Block)
                {
                    Add(pixel, sums);
                    continue;
                }

                for (var i = 0; i < count; i++)
                {
                    sums[i] = unchecked(sums[i] + (_signed ? (sbyte)pixel[i] : pixel[i]));
                }
            }
        }
    }

    private void Add(byte* pixel, int* sums)
    {
        for (var i = 0; i < Block; i += Vector256<int>.Count)
        {
            var bytes = Vector128.CreateScalar(*(long*)(pixel + i)).AsByte();
            var values = _signed
                ? Vector256.WidenLower(Vector128.WidenLower(bytes.AsSByte()).ToVector256())
                : Vector256.WidenLower(Vector128.WidenLower(bytes).ToVector256()).AsInt32();
            (Vector256.Load(sums + i) + values).Store(sums + i);
        }
    }
}
