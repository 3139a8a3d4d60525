using System.Runtime.CompilerServices;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>Convolution in plain loops: what the vector kernels are compared with, and the way on hosts without AVX2.</summary>
internal sealed unsafe class ScalarConvolutionKernel(Convolution command) : Kernel
{
    private readonly int _inputs = command.Input.Channels / command.Groups;
    private readonly int _outputs = command.Output.Channels / command.Groups;
    private readonly bool _depthwise = command.Flags.HasFlag(CommandFlags.Depthwise);
    private readonly bool _signed = command.Flags.HasFlag(CommandFlags.InputSigned);
    private readonly bool _zeroPoints = command.Flags.HasFlag(CommandFlags.WeightZeroPoints);
    private readonly Requantizer _requantizer = new(command.OutputZeroPoint, command.Minimum, command.Maximum, command.Flags.HasFlag(CommandFlags.OutputSigned));

    public override void Run(RegionPointers regions)
    {
        var input = regions[command.Input.Address];
        var weights = (sbyte*)regions[command.Weights];
        var table = regions[command.Table];
        var output = regions[command.Output.Address];
        for (var y = 0; y < command.Output.Height; y++)
        {
            for (var x = 0; x < command.Output.Width; x++)
            {
                Pixel(input, weights, table, y, x, output + ((long)y * command.Output.RowStride) + ((long)x * command.Output.PixelStride));
            }
        }
    }

    private void Pixel(byte* input, sbyte* weights, byte* table, int y, int x, byte* output)
    {
        var channels = command.Output.Channels;
        var bias = (int*)table;
        var multipliers = (float*)(table + (4L * channels));
        var zeroPoints = (sbyte*)(table + (8L * channels));
        for (var channel = 0; channel < channels; channel++)
        {
            var sum = Sum(input, weights, channel, _zeroPoints ? zeroPoints[channel] : 0, y, x);
            output[channel] = _requantizer.Convert(unchecked(bias[channel] + sum), multipliers[channel]);
        }
    }

    private int Sum(byte* input, sbyte* weights, int channel, int zeroPoint, int y, int x)
    {
        var window = command.Window;
        var (group, sum, tap) = (channel / _outputs, 0, 0);
        for (var ky = 0; ky < window.KernelHeight; ky++)
        {
            var row = (y * window.StrideY) - window.PadTop + (ky * window.DilationY);
            for (var kx = 0; kx < window.KernelWidth; kx++, tap++)
            {
                var column = (x * window.StrideX) - window.PadLeft + (kx * window.DilationX);
                var inside = (uint)row < (uint)command.Input.Height && (uint)column < (uint)command.Input.Width;
                var pixel = inside ? input + ((long)row * command.Input.RowStride) + ((long)column * command.Input.PixelStride) : null;
                sum = unchecked(sum + Tap(pixel, weights, channel, group, tap, zeroPoint));
            }
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Tap(byte* pixel, sbyte* weights, int channel, int group, int tap, int zeroPoint)
    {
        var sum = 0;
        for (var input = 0; input < _inputs; input++)
        {
            var value = pixel is null ? command.PadValue : Value(pixel[(group * _inputs) + input]);
            sum = unchecked(sum + (value * (weights[Place(channel, group, tap, input)] - zeroPoint)));
        }

        return sum;
    }

    private int Value(byte raw) => _signed ? (sbyte)raw : raw;

    private long Place(int channel, int group, int tap, int input)
    {
        if (_depthwise)
        {
            return ((((channel / 16L) * ((command.Window.Taps + 3) / 4)) + (tap / 4)) * 64) + (channel % 16 * 4) + (tap % 4);
        }

        var output = channel - (group * _outputs);
        var block = ((long)group * ((_outputs + 15) / 16)) + (output / 16);
        var brick = (((block * command.Window.Taps) + tap) * ((_inputs + 3) / 4)) + (input / 4);
        return (brick * 64) + (output % 16 * 4) + (input % 4);
    }
}
