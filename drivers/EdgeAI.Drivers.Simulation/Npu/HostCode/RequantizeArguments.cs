using System.Runtime.InteropServices;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu.HostCode;

/// <summary>What all outputs of a command have in common, repeated over four bytes. Bytes are made as int8 and flipped in the end where they are uint8.</summary>
[StructLayout(LayoutKind.Explicit)]
internal struct RequantizeArguments
{
    public const int HighAt = 0, ZeroPointAt = 4, MinimumAt = 8, FlipAt = 12;

    [FieldOffset(HighAt)]
    public float High;

    [FieldOffset(ZeroPointAt)]
    public uint ZeroPoint;

    [FieldOffset(MinimumAt)]
    public uint Minimum;

    [FieldOffset(FlipAt)]
    public uint Flip;

    public static RequantizeArguments Of(Convolution command)
    {
        var flip = command.Flags.HasFlag(CommandFlags.OutputSigned) ? 0 : 128;
        return new()
        {
            High = command.Maximum - command.OutputZeroPoint,
            ZeroPoint = (ushort)(command.OutputZeroPoint - flip) * 0x10001u,
            Minimum = (byte)(command.Minimum - flip) * 0x01010101u,
            Flip = (uint)flip * 0x01010101u,
        };
    }
}
