using System.Collections.Immutable;

namespace EdgeAI.Hal.Npu.Isa;

/// <summary>Size of each region of a run, and which of them may be written.</summary>
/// <param name="Sizes">Bytes by region number.</param>
/// <param name="InputCount">Bound inputs: the regions from <see cref="Region.FirstBinding"/> that are read-only.</param>
internal readonly record struct RegionTable(ImmutableArray<long> Sizes, int InputCount)
{
    /// <summary>The regions that an image declares.</summary>
    public static RegionTable Of(NpuImage image) => new(
        [image.SramBytes, image.Constants.Length, image.ScratchBytes, .. image.InputBytes, .. image.OutputBytes],
        image.InputBytes.Length);

    public bool IsWritable(int region) =>
        region is Region.Sram or Region.Scratch || region >= Region.FirstBinding + InputCount;
}

/// <summary>The bytes between the first and the last that an operand touches.</summary>
internal readonly record struct OperandRange(string Name, Address Address, long ByteCount, bool IsWritten);
