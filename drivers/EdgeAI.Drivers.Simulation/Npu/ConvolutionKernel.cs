using System.Runtime.CompilerServices;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>Dense and grouped convolution and matrix product: chunks of pixels by columns of output channels, which workers may share.</summary>
internal sealed unsafe class ConvolutionKernel : Kernel, IPartedWork
{
    /// <summary>Fewest output pixels whose input pointers are held at a time: a block of weights stays in the first cache over them.</summary>
    private const int LeastPixels = 48;

    /// <summary>As many times more are held where windows are small.</summary>
    private const int MostTimes = 8;

    /// <summary>What the windows of a chunk may take of the first cache.</summary>
    private const int ChunkBytes = 16 << 10;

    /// <summary>Below so many multiply-accumulates waking a thread costs more than it saves.</summary>
    private const long LeastSharedMacs = 400_000;

    private readonly Convolution _command;
    private readonly Workspace.Slot _slot;
    private readonly WorkerPool _pool;
    private readonly StagedInput _input;
    private readonly ConvolutionTiles _tiles;
    private readonly Worker[] _workers;
    private readonly int _outputs;
    private readonly int _blocks;
    private readonly long _blockBytes;
    private readonly long _bias;
    private readonly long _multipliers;
    private readonly bool _hasZeroPoints;
    private readonly long _zeroPoints;
    private readonly int _chunkPixels;
    private readonly int _chunks;
    private readonly int _columnsPerGroup;
    private readonly int _columnParts = 1;
    private readonly bool _isShared;
    private byte* _source;
    private byte* _weights;
    private byte* _output;

    public ConvolutionKernel(Convolution command, KernelContext context)
    {
        (_command, _slot, _pool) = (command, context.Workspace.NewSlot(), context.Pool);
        _input = new(command, command.Groups, WeightPacking.BrickDepth, _slot);
        _outputs = command.Output.Channels / command.Groups;
        _blocks = (_outputs + WeightPacking.BrickOutputs - 1) / WeightPacking.BrickOutputs;
        _blockBytes = (long)_input.Window.Taps * _input.TapBytes / WeightPacking.BrickDepth * WeightPacking.BrickBytes;
        _tiles = ConvolutionTiles.Of(command, _input, _blockBytes, context, _slot);
        _columnsPerGroup = (_blocks + _tiles.ColumnBlocks - 1) / _tiles.ColumnBlocks;
        _chunkPixels = LeastPixels * (int)Math.Clamp(ChunkBytes / (LeastPixels * (long)_input.Window.Taps * _input.TapBytes * command.Groups), 1, MostTimes);
        _chunks = checked((int)((command.Output.Pixels + _chunkPixels - 1) / _chunkPixels));
        _isShared = _pool.Workers > 1 && MacsOf(command) >= LeastSharedMacs;
        if (_isShared)
        {
            _columnParts = Math.Clamp(_pool.WantedParts / _chunks, 1, command.Groups * _columnsPerGroup);
        }

        var padded = (long)command.Groups * _blocks * WeightPacking.BrickOutputs;
        _bias = _slot.Take(padded * sizeof(int));
        _multipliers = _slot.Take(padded * sizeof(float));
        _hasZeroPoints = command.Flags.HasFlag(CommandFlags.WeightZeroPoints);
        _zeroPoints = _hasZeroPoints ? _slot.Take(padded * sizeof(int)) : 0;
        _workers = [.. Enumerable.Range(0, _isShared ? _pool.Workers : 1).Select(_ => new Worker(command, _input, _chunkPixels, _hasZeroPoints, _slot))];
    }

    public override void Run(RegionPointers regions)
    {
        _weights = regions[_command.Weights];
        SpreadTable(regions[_command.Table]);
        _source = _input.Stage(regions);
        _output = regions[_command.Output.Address];
        if (_isShared)
        {
            _pool.Run(this, _chunks * _columnParts);
        }
        else
        {
            WorkerPool.RunAlone(this, _chunks);
        }
    }

    /// <inheritdoc/>
    public void Execute(int part, int worker)
    {
        var (chunk, columns) = Math.DivRem(part, _columnParts);
        var all = (long)_command.Groups * _columnsPerGroup;
        _workers[worker].Begin(_source, _output, (long)chunk * _chunkPixels);
        for (var column = all * columns / _columnParts; column < all * (columns + 1) / _columnParts; column++)
        {
            var (group, place) = Math.DivRem((int)column, _columnsPerGroup);
            _tiles.Run(Column(_workers[worker], group, place * _tiles.ColumnBlocks));
        }
    }

    private static long MacsOf(in Convolution command) =>
        command.Output.Pixels * command.Output.Channels * command.Window.Taps * (command.Input.Channels / command.Groups);

    private ConvolutionColumn Column(Worker worker, int group, int block)
    {
        var index = ((long)group * _blocks) + block;
        var first = block * WeightPacking.BrickOutputs;
        return new()
        {
            Taps = worker.Pointers,
            Targets = worker.Targets,
            Pixels = worker.Count,
            Outputs = Math.Min(_tiles.ColumnBlocks * WeightPacking.BrickOutputs, _outputs - first),
            InputOffset = (long)group * _input.GroupStride,
            OutputOffset = ((long)group * _outputs) + first,
            Weights = _weights + (index * _blockBytes),
            Bias = (int*)_slot[_bias] + (index * WeightPacking.BrickOutputs),
            Multipliers = (float*)_slot[_multipliers] + (index * WeightPacking.BrickOutputs),
            ZeroPoints = _hasZeroPoints ? (int*)_slot[_zeroPoints] + (index * WeightPacking.BrickOutputs) : null,
            Sums = worker.Sums(group),
        };
    }

    /// <summary>Bias and multipliers in whole blocks per group; takes back the 128 that a flipped input adds to each value.</summary>
    private void SpreadTable(byte* table)
    {
        var channels = _command.Output.Channels;
        var bias = (int*)_slot[_bias];
        var multipliers = (float*)_slot[_multipliers];
        for (var group = 0; group < _command.Groups; group++)
        {
            var padded = (long)group * _blocks * WeightPacking.BrickOutputs;
            var source = (long)group * _outputs;
            Buffer.MemoryCopy(table + (source * sizeof(int)), bias + padded, _outputs * sizeof(int), _outputs * sizeof(int));
            Buffer.MemoryCopy(table + ((channels + source) * sizeof(float)), multipliers + padded, _outputs * sizeof(float), _outputs * sizeof(float));
            if (_hasZeroPoints)
            {
                Widen(table + (2L * sizeof(int) * channels) + source, (int*)_slot[_zeroPoints] + padded, _outputs);
            }
        }

        if (_input.IsFlipped)
        {
            _tiles.Unflip(bias, _weights, _command.Groups * _blocks);
        }
    }

    private static void Widen(byte* source, int* target, int count)
    {
        for (var i = 0; i < count; i++)
        {
            target[i] = (sbyte)source[i];
        }
    }

    /// <summary>A worker's own pointers and sums for the chunk that it has in hand.</summary>
    private sealed class Worker
    {
        private readonly TapPointers _taps;
        private readonly InputSums? _sums;
        private readonly FeatureMap _output;
        private readonly Workspace.Slot _slot;
        private readonly long _targets;
        private readonly long _groupStride;
        private readonly int _chunkPixels;
        private int _summedGroup;

        public Worker(in Convolution command, StagedInput input, int chunkPixels, bool hasZeroPoints, Workspace.Slot slot)
        {
            (_output, _slot, _groupStride, _chunkPixels) = (command.Output, slot, input.GroupStride, chunkPixels);
            _taps = new(command, input, chunkPixels, input.Window.Taps, slot);
            _sums = hasZeroPoints ? new(command, input, chunkPixels, slot) : null;
            _targets = slot.Take((long)chunkPixels * sizeof(byte*));
        }

        public byte** Pointers { get; private set; }

        public byte** Targets => (byte**)_slot[_targets];

        public int Count { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Begin(byte* source, byte* output, long first)
        {
            Count = (int)Math.Min(_chunkPixels, _output.Pixels - first);
            Pointers = _taps.Compute(source, first, Count);
            _summedGroup = -1;
            var position = new PixelPosition(_output, first);
            var targets = Targets;
            for (var i = 0; i < Count; i++)
            {
                targets[i] = output + position.Next();
            }
        }

        /// <summary>The sums of each pixel's inputs in a group; null where no weight has a zero point.</summary>
        public int* Sums(int group)
        {
            if (_sums is null)
            {
                return null;
            }

            if (group != _summedGroup)
            {
                _sums.Compute(Pointers, group * _groupStride, Count);
                _summedGroup = group;
            }

            return _sums.Pixels;
        }
    }
}
