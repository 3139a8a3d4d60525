using System.Runtime.InteropServices;

namespace EdgeAI.Drivers.Simulation.Npu.HostCode;

/// <summary>What the code of a depthwise row is given; it moves <see cref="Columns"/> and <see cref="Target"/> on as it goes.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct DepthwiseArguments
{
    public const int ColumnsAt = 0, PixelStepAt = 8, OffsetsAt = 16, UnitsAt = 24, WeightsAt = 32, BiasAt = 40, MultipliersAt = 48, TargetAt = 56,
        TargetStepAt = 64, TilesAt = 72, MaskAt = 80, EndingAt = 88;

    /// <summary>Interleaved columns, from the first that the first pixel reads.</summary>
    [FieldOffset(ColumnsAt)]
    public byte* Columns;

    /// <summary>Bytes from a pixel's first column to the next pixel's.</summary>
    [FieldOffset(PixelStepAt)]
    public nint PixelStep;

    /// <summary>Where each unit, four rows of a column, lies from a pixel's first column.</summary>
    [FieldOffset(OffsetsAt)]
    public nint* Offsets;

    [FieldOffset(UnitsAt)]
    public nint Units;

    /// <summary>Four vectors for each unit.</summary>
    [FieldOffset(WeightsAt)]
    public byte* Weights;

    /// <summary>Four vectors.</summary>
    [FieldOffset(BiasAt)]
    public int* Bias;

    /// <summary>Four vectors.</summary>
    [FieldOffset(MultipliersAt)]
    public float* Multipliers;

    [FieldOffset(TargetAt)]
    public byte* Target;

    [FieldOffset(TargetStepAt)]
    public nint TargetStep;

    /// <summary>Tiles one after the other, at least 1.</summary>
    [FieldOffset(TilesAt)]
    public nint Tiles;

    /// <summary>A bit for each channel that there is.</summary>
    [FieldOffset(MaskAt)]
    public ulong Mask;

    [FieldOffset(EndingAt)]
    public RequantizeArguments Ending;
}
