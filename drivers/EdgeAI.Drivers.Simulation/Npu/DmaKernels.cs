using System.Runtime.CompilerServices;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>Strided copy.</summary>
internal sealed unsafe class CopyKernel(Copy command) : Kernel
{
    public override void Run(RegionPointers regions)
    {
        var source = regions[command.Source];
        var destination = regions[command.Destination];
        for (var i = 0L; i < command.Loop0.Count; i++)
        {
            for (var j = 0L; j < command.Loop1.Count; j++)
            {
                Plane(
                    source + (i * command.Loop0.SourceStride) + (j * command.Loop1.SourceStride),
                    destination + (i * command.Loop0.DestinationStride) + (j * command.Loop1.DestinationStride));
            }
        }
    }

    private void Plane(byte* source, byte* destination)
    {
        for (var i = 0L; i < command.Loop2.Count; i++)
        {
            Row(source + (i * command.Loop2.SourceStride), destination + (i * command.Loop2.DestinationStride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row(byte* source, byte* destination)
    {
        var (count, step, stride) = (command.Loop3.Count, (long)command.Loop3.SourceStride, (long)command.Loop3.DestinationStride);
        switch (command.RunBytes)
        {
            case 1 when step == 1:
                Scatter(source, destination, count, stride);
                break;
            case 1:
                for (var i = 0; i < count; i++, source += step, destination += stride)
                {
                    *destination = *source;
                }

                break;
            case 4:
                for (var i = 0; i < count; i++, source += step, destination += stride)
                {
                    Unsafe.CopyBlockUnaligned(destination, source, 4);
                }

                break;
            default:
                for (var i = 0; i < count; i++, source += step, destination += stride)
                {
                    Buffer.MemoryCopy(source, destination, command.RunBytes, command.RunBytes);
                }

                break;
        }
    }

    /// <summary>Neighbouring bytes to places a stride apart, eight from one load.</summary>
    private static void Scatter(byte* source, byte* destination, int count, long stride)
    {
        var i = 0;
        for (; i <= count - sizeof(ulong); i += sizeof(ulong), destination += 8 * stride)
        {
            var bytes = *(ulong*)(source + i);
            destination[0] = (byte)bytes;
            destination[stride] = (byte)(bytes >> 8);
            destination[2 * stride] = (byte)(bytes >> 16);
            destination[3 * stride] = (byte)(bytes >> 24);
            destination[4 * stride] = (byte)(bytes >> 32);
            destination[5 * stride] = (byte)(bytes >> 40);
            destination[6 * stride] = (byte)(bytes >> 48);
            destination[7 * stride] = (byte)(bytes >> 56);
        }

        for (; i < count; i++, destination += stride)
        {
            *destination = source[i];
        }
    }
}

/// <summary>Strided fill.</summary>
internal sealed unsafe class FillKernel(Fill command) : Kernel
{
    public override void Run(RegionPointers regions)
    {
        var start = regions[command.Destination];
        for (var i = 0L; i < command.Loop0.Count; i++)
        {
            for (var j = 0L; j < command.Loop1.Count; j++)
            {
                for (var k = 0L; k < command.Loop2.Count; k++)
                {
                    Row(start + (i * command.Loop0.DestinationStride) + (j * command.Loop1.DestinationStride) + (k * command.Loop2.DestinationStride));
                }
            }
        }
    }

    private void Row(byte* destination)
    {
        for (var i = 0L; i < command.Loop3.Count; i++)
        {
            new Span<byte>(destination + (i * command.Loop3.DestinationStride), command.RunBytes).Fill((byte)command.Value);
        }
    }
}
