using System.Runtime.InteropServices;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu.HostCode;

/// <summary>What a tile's code is given; it moves <see cref="Targets"/> and <see cref="Sums"/> on as it goes.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct TileArguments
{
    public const int TapsAt = 0, TargetsAt = 8, WeightsAt = 16, WeightStrideAt = 24, BiasAt = 32, MultipliersAt = 40, TapCountAt = 48, TapBytesAt = 56,
        NegativeDepthAt = 64, InputOffsetAt = 72, TargetOffsetAt = 80, TilesAt = 88, MaskAt = 96, ZeroPointsAt = 104, SumsAt = 112, EndingAt = 120, OrderAt = 136;

    /// <summary><see cref="TapCount"/> pointers for each pixel.</summary>
    [FieldOffset(TapsAt)]
    public byte** Taps;

    /// <summary>A pointer for each pixel.</summary>
    [FieldOffset(TargetsAt)]
    public byte** Targets;

    /// <summary>Weights of the first block of 16 outputs.</summary>
    [FieldOffset(WeightsAt)]
    public byte* Weights;

    /// <summary>Bytes from one block's weights to the next's.</summary>
    [FieldOffset(WeightStrideAt)]
    public nint WeightStride;

    [FieldOffset(BiasAt)]
    public int* Bias;

    [FieldOffset(MultipliersAt)]
    public float* Multipliers;

    [FieldOffset(TapCountAt)]
    public nint TapCount;

    /// <summary>8 · <see cref="TapCount"/>.</summary>
    [FieldOffset(TapBytesAt)]
    public nint TapBytes;

    /// <summary>Minus the bytes of a tap, a multiple of 4.</summary>
    [FieldOffset(NegativeDepthAt)]
    public nint NegativeDepth;

    /// <summary>Added to each pointer of a tap: it then points at the tap's end.</summary>
    [FieldOffset(InputOffsetAt)]
    public nint InputOffset;

    /// <summary>Added to each target.</summary>
    [FieldOffset(TargetOffsetAt)]
    public nint TargetOffset;

    /// <summary>Tiles one after the other, at least 1.</summary>
    [FieldOffset(TilesAt)]
    public nint Tiles;

    /// <summary>A bit for each output that there is.</summary>
    [FieldOffset(MaskAt)]
    public ulong Mask;

    /// <summary>Zero points of the weights, where they have some.</summary>
    [FieldOffset(ZeroPointsAt)]
    public int* ZeroPoints;

    /// <summary>Per pixel the sum of its inputs, which each zero point takes away.</summary>
    [FieldOffset(SumsAt)]
    public int* Sums;

    [FieldOffset(EndingAt)]
    public RequantizeArguments Ending;

    /// <summary>Sixteen indices: where each quadruple of outputs lies after packing.</summary>
    [FieldOffset(OrderAt)]
    public int* Order;
}

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
