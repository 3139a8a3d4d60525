using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>Dense and grouped convolution and matrix product: tiles of six pixels by sixteen output channels.</summary>
internal sealed unsafe class ConvolutionKernel : Kernel
{
    /// <summary>Output pixels whose input pointers are held at a time: a block of weights stays in the first cache over them.</summary>
    private const int ChunkPixels = 8 * ConvolutionTile.Pixels;

    private readonly Convolution _command;
    private readonly Workspace.Slot _slot;
    private readonly StagedInput _input;
    private readonly TapPointers _taps;
    private readonly int _outputs;
    private readonly int _blocks;
    private readonly int _depth;
    private readonly int _lastDepth;
    private readonly long _blockBytes;
    private readonly long _bias;
    private readonly long _multipliers;
    private readonly InputSums? _sums;
    private readonly Requantizer _requantizer;

    public ConvolutionKernel(Convolution command, Workspace.Slot slot)
    {
        (_command, _slot) = (command, slot);
        _input = new(command, command.Groups, WeightPacking.BrickDepth, slot);
        _taps = new(command, _input, ChunkPixels, command.Window.Taps, slot);
        _outputs = command.Output.Channels / command.Groups;
        _blocks = (_outputs + WeightPacking.BrickOutputs - 1) / WeightPacking.BrickOutputs;
        var inputs = command.Input.Channels / command.Groups;
        _depth = (inputs + WeightPacking.BrickDepth - 1) / WeightPacking.BrickDepth;
        _lastDepth = inputs - ((_depth - 1) * WeightPacking.BrickDepth);
        _blockBytes = (long)command.Window.Taps * _depth * WeightPacking.BrickBytes;
        var padded = (long)command.Groups * _blocks * WeightPacking.BrickOutputs;
        _bias = slot.Take(padded * sizeof(int));
        _multipliers = slot.Take(padded * sizeof(float));
        _sums = command.Flags.HasFlag(CommandFlags.WeightZeroPoints) ? new(command, _input, ChunkPixels, padded, slot) : null;
        _requantizer = new(command.OutputZeroPoint, command.Minimum, command.Maximum, command.Flags.HasFlag(CommandFlags.OutputSigned));
    }

    public override void Run(RegionPointers regions)
    {
        var weights = regions[_command.Weights];
        SpreadTable(regions[_command.Table], weights);
        var input = _input.Stage(regions);
        var output = regions[_command.Output.Address];
        var pixels = _command.Output.Pixels;
        for (var first = 0L; first < pixels; first += ChunkPixels)
        {
            var count = (int)Math.Min(ChunkPixels, pixels - first);
            Chunk(_taps.Compute(input, first, count), first, count, weights, output);
        }
    }

    /// <summary>Bias and multipliers in whole blocks per group; takes back the 128 that a flipped input adds to each value.</summary>
    private void SpreadTable(byte* table, byte* weights)
    {
        var channels = _command.Output.Channels;
        var bias = (int*)_slot[_bias];
        var multipliers = (float*)_slot[_multipliers];
        for (var group = 0; group < _command.Groups; group++)
        {
            var padded = (long)group * _blocks * WeightPacking.BrickOutputs;
            var source = (long)group * _outputs;
            Buffer.MemoryCopy(table + (source * sizeof(int)), bias + padded, _outputs * sizeof(int), _outputs * sizeof(int));
            _sums?.Spread(table + (2L * sizeof(int) * channels) + source, padded, _outputs);
            Buffer.MemoryCopy(table + ((channels + source) * sizeof(float)), multipliers + padded, _outputs * sizeof(float), _outputs * sizeof(float));
        }

        if (_input.IsFlipped)
        {
            for (var block = 0L; block < (long)_command.Groups * _blocks; block++)
            {
                Unflip(bias + (block * WeightPacking.BrickOutputs), weights + (block * _blockBytes));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Unflip(int* bias, byte* weights)
    {
        var (low, high) = (Vector256<int>.Zero, Vector256<int>.Zero);
        var whole = Vector256.Create((byte)0x80);
        var last = Vector256.Create(0x80808080u >> (8 * (WeightPacking.BrickDepth - _lastDepth))).AsByte();
        for (var tap = 0; tap < _command.Window.Taps; tap++)
        {
            for (var k = 0; k < _depth; k++, weights += WeightPacking.BrickBytes)
            {
                var ones = k == _depth - 1 ? last : whole;
                low = DotProduct.Add(low, ones, Vector256.Load((sbyte*)weights));
                high = DotProduct.Add(high, ones, Vector256.Load((sbyte*)weights + 32));
            }
        }

        (Vector256.Load(bias) - low).Store(bias);
        (Vector256.Load(bias + 8) - high).Store(bias + 8);
    }

    private void Chunk(byte** taps, long first, int count, byte* weights, byte* output)
    {
        for (var group = 0; group < _command.Groups; group++)
        {
            _sums?.Compute(taps, (long)group * _input.GroupStride, count);
            for (var block = 0; block < _blocks; block++)
            {
                var index = ((long)group * _blocks) + block;
                var tile = new ConvolutionTile
                {
                    TapCount = _command.Window.Taps,
                    Offset = (long)group * _input.GroupStride,
                    Depth = _depth,
                    Weights = weights + (index * _blockBytes),
                    Bias = (int*)_slot[_bias] + (index * WeightPacking.BrickOutputs),
                    Multipliers = (float*)_slot[_multipliers] + (index * WeightPacking.BrickOutputs),
                    ZeroPoints = _sums is null ? null : _sums.ZeroPoints + (index * WeightPacking.BrickOutputs),
                    Sums = _sums is null ? null : _sums.Pixels,
                    Requantizer = _requantizer,
                };
                var outputs = Math.Min(WeightPacking.BrickOutputs, _outputs - (block * WeightPacking.BrickOutputs));
                Column(tile, outputs, taps, first, count, output + ((long)group * _outputs) + ((long)block * WeightPacking.BrickOutputs));
            }
        }
    }

    /// <summary>One block of output channels over all pixels of the chunk. Blocks of fewer than 16 go through a buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Column(in ConvolutionTile tile, int outputs, byte** taps, long first, int count, byte* output)
    {
        var places = stackalloc byte*[ConvolutionTile.Pixels];
        var buffers = stackalloc byte*[ConvolutionTile.Pixels];
        var buffer = stackalloc byte[ConvolutionTile.Pixels * WeightPacking.BrickOutputs];
        for (var i = 0; i < ConvolutionTile.Pixels; i++)
        {
            buffers[i] = buffer + (i * WeightPacking.BrickOutputs);
        }

        var isWhole = outputs == WeightPacking.BrickOutputs;
        var position = new PixelPosition(_command.Output, first);
        for (var done = 0; done < count; done += ConvolutionTile.Pixels)
        {
            var pixels = Math.Min(ConvolutionTile.Pixels, count - done);
            for (var i = 0; i < pixels; i++)
            {
                places[i] = output + position.Next();
            }

            var part = tile;
            part.Sums = tile.Sums is null ? null : tile.Sums + done;
            Tile(part, taps + ((long)done * tile.TapCount), isWhole ? places : buffers, pixels);
            for (var i = 0; !isWhole && i < pixels; i++)
            {
                Buffer.MemoryCopy(buffers[i], places[i], outputs, outputs);
            }
        }
    }

    private static void Tile(in ConvolutionTile tile, byte** taps, byte** targets, int pixels)
    {
        if (pixels == ConvolutionTile.Pixels)
        {
            tile.Six(taps, targets);
        }
        else
        {
            tile.Few(taps, targets, pixels);
        }
    }
}
