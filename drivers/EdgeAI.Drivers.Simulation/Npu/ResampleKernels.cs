using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>Pixels by tables of rows and columns. What the tables hold was not verified: positions outside the map give the pad value.</summary>
internal sealed unsafe class GatherKernel(Gather command) : Kernel
{
    public override void Run(RegionPointers regions)
    {
        var input = regions[command.Input.Address];
        var output = regions[command.Output.Address];
        var rows = (int*)regions[command.Table];
        var columns = rows + command.Output.Height;
        for (var y = 0; y < command.Output.Height; y++)
        {
            var isRowInside = (uint)rows[y] < (uint)command.Input.Height;
            var row = input + (isRowInside ? (long)rows[y] * command.Input.RowStride : 0);
            for (var x = 0; x < command.Output.Width; x++)
            {
                var isInside = isRowInside && (uint)columns[x] < (uint)command.Input.Width;
                Pixel(isInside ? row + ((long)columns[x] * command.Input.PixelStride) : null, output + ((long)y * command.Output.RowStride) + ((long)x * command.Output.PixelStride));
            }
        }
    }

    private void Pixel(byte* source, byte* target)
    {
        var channels = command.Output.Channels;
        if (source is null)
        {
            new Span<byte>(target, channels).Fill((byte)command.PadValue);
        }
        else if (channels == 1)
        {
            *target = *source;
        }
        else
        {
            Buffer.MemoryCopy(source, target, channels, channels);
        }
    }
}

/// <summary>Linear interpolation by tables. What the tables hold was not verified: positions are limited to the map.</summary>
internal sealed unsafe class InterpolateKernel(Interpolate command) : Kernel
{
    private readonly bool _signed = command.Flags.HasFlag(CommandFlags.InputSigned);
    private readonly RealQuantizer _quantizer = new(command.OutputScale, command.OutputZeroPoint, command.Flags.HasFlag(CommandFlags.OutputSigned));

    /// <summary>A row of the table.</summary>
    private readonly record struct Entry(int First, int Second, float FirstWeight, float SecondWeight);

    public override void Run(RegionPointers regions)
    {
        var input = regions[command.Input.Address];
        var output = regions[command.Output.Address];
        var rows = (Entry*)regions[command.Table];
        var columns = rows + command.Output.Height;
        for (var y = 0; y < command.Output.Height; y++)
        {
            var first = input + (Limited(rows[y].First, command.Input.Height) * command.Input.RowStride);
            var second = input + (Limited(rows[y].Second, command.Input.Height) * command.Input.RowStride);
            for (var x = 0; x < command.Output.Width; x++)
            {
                Pixel(first, second, rows[y], columns[x], output + ((long)y * command.Output.RowStride) + ((long)x * command.Output.PixelStride));
            }
        }
    }

    private static long Limited(int position, int extent) => Math.Clamp(position, 0, extent - 1);

    private void Pixel(byte* first, byte* second, in Entry row, in Entry column, byte* output)
    {
        var (left, right) = (Limited(column.First, command.Input.Width) * command.Input.PixelStride, Limited(column.Second, command.Input.Width) * command.Input.PixelStride);
        var (aa, ba) = (column.FirstWeight * row.FirstWeight, column.SecondWeight * row.FirstWeight);
        var (ab, bb) = (column.FirstWeight * row.SecondWeight, column.SecondWeight * row.SecondWeight);
        for (var channel = 0; channel < command.Output.Channels; channel++)
        {
            var top = (aa * Real(first[left + channel])) + (ba * Real(first[right + channel]));
            output[channel] = _quantizer.One(top + (ab * Real(second[left + channel])) + (bb * Real(second[right + channel])));
        }
    }

    private float Real(byte raw) => ((_signed ? (sbyte)raw : raw) - command.InputZeroPoint) * command.InputScale;
}
