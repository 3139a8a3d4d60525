using System.Runtime.InteropServices;

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
