using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>Softmax over channels: the exponentials come from a table that is aligned to each pixel's greatest value.</summary>
internal sealed unsafe class SoftmaxKernel(Softmax command) : Kernel
{
    private const int LastEntry = 255;

    /// <summary>Makes raw bytes unsigned without changing their order.</summary>
    private readonly byte _flip = command.Flags.HasFlag(CommandFlags.InputSigned) ? (byte)0x80 : (byte)0;
    private readonly int _minimum = command.Flags.HasFlag(CommandFlags.OutputSigned) ? sbyte.MinValue : byte.MinValue;
    private readonly int _maximum = command.Flags.HasFlag(CommandFlags.OutputSigned) ? sbyte.MaxValue : byte.MaxValue;

    public override void Run(RegionPointers regions)
    {
        var input = regions[command.Input.Address];
        var output = regions[command.Output.Address];
        var table = (float*)regions[command.Table];
        for (var y = 0L; y < command.Input.Height; y++)
        {
            for (var x = 0L; x < command.Input.Width; x++)
            {
                Pixel(
                    input + (y * command.Input.RowStride) + (x * command.Input.PixelStride),
                    output + (y * command.Output.RowStride) + (x * command.Output.PixelStride), table);
            }
        }
    }

    /// <summary>Comparisons in this order send NaN to the least.</summary>
    private float Limit(float share)
    {
        float least = _minimum - command.ZeroPoint, most = _maximum - command.ZeroPoint;
        share = share > least ? share : least;
        return share < most ? share : most;
    }

    private void Pixel(byte* input, byte* output, float* table)
    {
        var greatest = 0;
        for (var i = 0; i < command.Input.Channels; i++)
        {
            greatest = Math.Max(greatest, input[i] ^ _flip);
        }

        var aligned = table + LastEntry - greatest;
        var sum = 0f;
        for (var i = 0; i < command.Input.Channels; i++)
        {
            sum += aligned[input[i] ^ _flip];
        }

        for (var i = 0; i < command.Input.Channels; i++)
        {
            // No index above the greatest, whatever has been written over the input since.
            var share = sum == 0 ? 0 : aligned[Math.Min(input[i] ^ _flip, greatest)] * command.Scale / sum;
            output[i] = (byte)((int)MathF.Round(Limit(share), MidpointRounding.ToEven) + command.ZeroPoint);
        }
    }
}
