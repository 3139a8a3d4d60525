using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeAI.Drivers.Simulation.Npu.HostCode;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>Neighbouring output channels of one group for some pixels.</summary>
internal unsafe struct ConvolutionColumn
{
    /// <summary>A pointer per tap for each pixel.</summary>
    public byte** Taps;

    /// <summary>A pointer for each pixel.</summary>
    public byte** Targets;
    public int Pixels;
    public int Outputs;

    /// <summary>Bytes from each tap pointer to the group's channels.</summary>
    public long InputOffset;

    /// <summary>Bytes from each target to the first of the outputs.</summary>
    public long OutputOffset;
    public byte* Weights;
    public int* Bias;
    public float* Multipliers;

    /// <summary>Zero points of the outputs' weights; null when they have none.</summary>
    public int* ZeroPoints;

    /// <summary>Per pixel the sum of its inputs, which each zero point takes away; null when there are none.</summary>
    public int* Sums;
}

/// <summary>Computes columns, tile by tile.</summary>
internal abstract unsafe class ConvolutionTiles
{
    /// <summary>Blocks of 16 outputs of a full column.</summary>
    public abstract int ColumnBlocks { get; }

    public static ConvolutionTiles Of(in Convolution command, StagedInput input, long blockBytes, KernelContext context, Workspace.Slot slot) =>
        context.TileCode is { } code ? new MachineTiles(command, input, blockBytes, code, slot) : new VectorTiles(command, input, slot);

    public abstract void Run(in ConvolutionColumn column);

    /// <summary>Takes 128 times the sum of the weights from the bias of each output of some blocks.</summary>
    public abstract void Unflip(int* bias, byte* weights, int blocks);
}

/// <summary>Six pixels by sixteen outputs with the vector instructions that .NET exposes.</summary>
internal sealed unsafe class VectorTiles : ConvolutionTiles
{
    private readonly int _tapCount;
    private readonly int _depth;
    private readonly StagedInput _input;
    private readonly Workspace.Slot _slot;
    private readonly long _flips;
    private readonly Requantizer _requantizer;

    public VectorTiles(in Convolution command, StagedInput input, Workspace.Slot slot)
    {
        (_input, _slot, _tapCount) = (input, slot, input.Window.Taps);
        _depth = input.TapBytes / WeightPacking.BrickDepth;
        _flips = input.IsFlipped ? slot.Take(input.TapBytes) : 0;
        _requantizer = Requantizer.Of(command);
    }

    public override int ColumnBlocks => 1;

    /// <summary>Columns of fewer than 16 outputs go through a buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(in ConvolutionColumn column)
    {
        var places = stackalloc byte*[VectorTile.Pixels];
        var buffers = stackalloc byte*[VectorTile.Pixels];
        var buffer = stackalloc byte[VectorTile.Pixels * WeightPacking.BrickOutputs];
        for (var i = 0; i < VectorTile.Pixels; i++)
        {
            buffers[i] = buffer + (i * WeightPacking.BrickOutputs);
        }

        var isWhole = column.Outputs == WeightPacking.BrickOutputs;
        var tile = Tile(column);
        for (var done = 0; done < column.Pixels; done += VectorTile.Pixels)
        {
            var pixels = Math.Min(VectorTile.Pixels, column.Pixels - done);
            for (var i = 0; i < pixels; i++)
            {
                places[i] = column.Targets[done + i] + column.OutputOffset;
            }

            tile.Sums = column.Sums is null ? null : column.Sums + done;
            Tile(tile, column.Taps + ((long)done * _tapCount), isWhole ? places : buffers, pixels);
            for (var i = 0; !isWhole && i < pixels; i++)
            {
                Buffer.MemoryCopy(buffers[i], places[i], column.Outputs, column.Outputs);
            }
        }
    }

    public override void Unflip(int* bias, byte* weights, int blocks)
    {
        _input.Mark(_slot[_flips], 0x80);
        for (var block = 0; block < blocks; block++)
        {
            weights = Unflip(bias + ((long)block * WeightPacking.BrickOutputs), weights);
        }
    }

    private static void Tile(in VectorTile tile, byte** taps, byte** targets, int pixels)
    {
        if (pixels == VectorTile.Pixels)
        {
            tile.Six(taps, targets);
        }
        else
        {
            tile.Few(taps, targets, pixels);
        }
    }

    private VectorTile Tile(in ConvolutionColumn column) => new()
    {
        TapCount = _tapCount,
        Offset = column.InputOffset,
        Depth = _depth,
        Weights = column.Weights,
        Bias = column.Bias,
        Multipliers = column.Multipliers,
        ZeroPoints = column.ZeroPoints,
        Requantizer = _requantizer,
    };

    /// <summary>One block; returns where the next one's weights start.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private byte* Unflip(int* bias, byte* weights)
    {
        var (low, high) = (Vector256<int>.Zero, Vector256<int>.Zero);
        var flips = (int*)_slot[_flips];
        for (var tap = 0; tap < _tapCount; tap++)
        {
            for (var k = 0; k < _depth; k++, weights += WeightPacking.BrickBytes)
            {
                var values = Vector256.Create(flips[k]).AsByte();
                low = DotProduct.Add(low, values, Vector256.Load((sbyte*)weights));
                high = DotProduct.Add(high, values, Vector256.Load((sbyte*)weights + 32));
            }
        }

        (Vector256.Load(bias) - low).Store(bias);
        (Vector256.Load(bias + 8) - high).Store(bias + 8);
        return weights;
    }
}

/// <summary>Six pixels by up to sixty-four outputs in machine code.</summary>
internal sealed unsafe class MachineTiles : ConvolutionTiles
{
    private readonly TileCode _code;
    private readonly int _tapCount;
    private readonly int _depthBytes;
    private readonly StagedInput _input;
    private readonly long _blockBytes;
    private readonly Workspace.Slot _slot;
    private readonly long _flips;
    private readonly long _flipTaps;
    private readonly long _flipSums;
    private readonly RequantizeArguments _ending;

    public MachineTiles(in Convolution command, StagedInput input, long blockBytes, TileCode code, Workspace.Slot slot)
    {
        (_code, _blockBytes, _slot, _input) = (code, blockBytes, slot, input);
        (_tapCount, _depthBytes) = (input.Window.Taps, input.TapBytes);
        _ending = RequantizeArguments.Of(command);
        if (input.IsFlipped)
        {
            _flips = slot.Take(_depthBytes);
            _flipTaps = slot.Take((long)_tapCount * sizeof(byte*));
            _flipSums = slot.Take(TileCode.Blocks * WeightPacking.BrickOutputs * sizeof(int));
        }
    }

    public override int ColumnBlocks => TileCode.Blocks;

    public override void Run(in ConvolutionColumn column)
    {
        var blocks = (column.Outputs + WeightPacking.BrickOutputs - 1) / WeightPacking.BrickOutputs;
        var rest = column.Outputs % WeightPacking.BrickOutputs;
        var arguments = Arguments(column);
        arguments.Mask = ulong.MaxValue >> (64 - column.Outputs);
        var ending = (rest == 0 ? TileEnding.Whole : TileEnding.Partial) | (column.ZeroPoints is null ? TileEnding.Whole : TileEnding.ZeroPoints);
        var (tiles, pixels) = Math.DivRem(column.Pixels, TileCode.Pixels);
        if (tiles > 0)
        {
            arguments.Tiles = tiles;
            _code.Run(TileCode.Pixels, blocks, ending, &arguments);
        }

        if (pixels > 0)
        {
            arguments.Taps += (long)tiles * TileCode.Pixels * _tapCount;
            arguments.Tiles = 1;
            _code.Run(pixels, blocks, ending, &arguments);
        }
    }

    /// <summary>The sums come from a pixel whose values are all 128.</summary>
    public override void Unflip(int* bias, byte* weights, int blocks)
    {
        PrepareFlips();
        var sums = (int*)_slot[_flipSums];
        var zeros = stackalloc int[TileCode.Blocks * WeightPacking.BrickOutputs];
        new Span<int>(zeros, TileCode.Blocks * WeightPacking.BrickOutputs).Clear();
        var column = new ConvolutionColumn { Taps = (byte**)_slot[_flipTaps], Bias = zeros };
        for (var first = 0; first < blocks; first += TileCode.Blocks)
        {
            var count = Math.Min(TileCode.Blocks, blocks - first);
            column.Weights = weights + (first * _blockBytes);
            column.Targets = (byte**)&sums;
            var arguments = Arguments(column);
            arguments.Tiles = 1;
            _code.Run(1, count, TileEnding.Raw, &arguments);
            for (var i = 0; i < count; i++, bias += WeightPacking.BrickOutputs)
            {
                (Vector512.Load(bias) - Vector512.Load(sums + (i * WeightPacking.BrickOutputs))).Store(bias);
            }
        }
    }

    private void PrepareFlips()
    {
        var flips = _slot[_flips];
        _input.Mark(flips, 0x80);
        var taps = (byte**)_slot[_flipTaps];
        for (var tap = 0; tap < _tapCount; tap++)
        {
            taps[tap] = flips;
        }
    }

    private TileArguments Arguments(in ConvolutionColumn column) => new()
    {
        Taps = column.Taps,
        Targets = column.Targets,
        Weights = column.Weights,
        WeightStride = (nint)_blockBytes,
        Bias = column.Bias,
        Multipliers = column.Multipliers,
        TapCount = _tapCount,
        TapBytes = _tapCount * sizeof(byte*),
        NegativeDepth = -_depthBytes,
        InputOffset = (nint)column.InputOffset + _depthBytes,
        TargetOffset = (nint)column.OutputOffset,
        ZeroPoints = column.ZeroPoints,
        Sums = column.Sums,
        Ending = _ending,
    };
}
