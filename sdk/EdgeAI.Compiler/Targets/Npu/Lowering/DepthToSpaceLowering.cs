using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>DepthToSpace (both modes) and SpaceToDepth: one strided copy.</summary>
internal sealed class DepthToSpaceLowering : MoveLowering
{
    private const int Batch = 0;
    private const int Channel = 1;
    private const int Row = 2;
    private const int Column = 3;

    public override IReadOnlyList<string> Operators { get; } = ["DepthToSpace", "SpaceToDepth"];

    public override string? WhyNot(UnitView unit) =>
        WhyNotSameType(unit) ?? (unit.Input(0)!.Value.Shape.Rank != 4 ? $"rank {unit.Input(0)!.Value.Shape.Rank}; expected 4"
        : unit.Anchor.Attributes.Int("blocksize", 0) is < 1 or > StreamVerifier.LargestWindow ? $"blocksize {unit.Anchor.Attributes.Int("blocksize", 0)}; expected 1 … {StreamVerifier.LargestWindow}" : null);

    protected override Move Of(UnitView unit, int result, int[] strides)
    {
        var (input, output, block) = (Extents(unit.Input(0)!.Value), Extents(unit.Output!.Value), (int)unit.Anchor.Attributes.Int("blocksize", 1));
        return unit.Operator == "DepthToSpace" ? ToSpace(input, output, block, strides, unit.Anchor.Attributes.Text("mode", "DCR") == "CRD") : ToDepth(input, block, strides);
    }

    /// <summary>Input channel (by·block + bx)·C + c, or c·block² + by·block + bx in mode CRD, becomes row h·block + by and column w·block + bx.</summary>
    private static Move ToSpace(long[] input, long[] output, int block, int[] strides, bool isChannelFirst)
    {
        var channels = (int)output[Channel];
        var (ofChannel, ofBlock) = isChannelFirst ? (block * block, 1) : (1, channels);
        return new Move(0,
        [
            new MoveAxis((int)input[Batch], strides[Batch], Batch),
            new MoveAxis(channels, strides[Channel] * ofChannel, Channel),
            new MoveAxis((int)input[Row], strides[Row], Row, block),
            new MoveAxis(block, strides[Channel] * ofBlock * block, Row),
            new MoveAxis((int)input[Column], strides[Column], Column, block),
            new MoveAxis(block, strides[Channel] * ofBlock, Column),
        ]);
    }

    /// <summary>Row h·block + by and column w·block + bx become channel (by·block + bx)·C + c.</summary>
    private static Move ToDepth(long[] input, int block, int[] strides)
    {
        var channels = (int)input[Channel];
        return new Move(0,
        [
            new MoveAxis((int)input[Batch], strides[Batch], Batch),
            new MoveAxis(channels, strides[Channel], Channel),
            new MoveAxis((int)input[Row] / block, strides[Row] * block, Row),
            new MoveAxis(block, strides[Row], Channel, channels * block),
            new MoveAxis((int)input[Column] / block, strides[Column] * block, Column),
            new MoveAxis(block, strides[Column], Channel, channels),
        ]);
    }
}
