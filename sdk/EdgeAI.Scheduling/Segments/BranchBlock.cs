using System.Runtime.Intrinsics;
using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Segments;

/// <summary>
/// A block whose branches leave its source and only merge: every item inside is read by one item, and reads from inside, inputs of its own, or the
/// one value of the source that is read inside (at the beginning: an input that several read). So its costs depend on nothing outside but the
/// devices of its ends. The buffers are reused from block to block.
/// </summary>
internal sealed class BranchBlock(DenseProblem problem)
{
    private readonly int _devices = problem.DeviceCount;
    private readonly int _width = WidthOf(problem.DeviceCount);
    private double[] _costs = [];
    private double[] _edges = [];
    private int[] _readers = [];
    private bool[] _readsSource = [];

    public Block Block { get; private set; }

    public int Count => Block.Count;

    public bool HasSource => Block.Source >= 0;

    public bool HasSink => Block.Sink < problem.ItemCount;

    /// <summary>The source's value that is read inside (-1: none); it is read inside and by the sink only.</summary>
    public int SourceValue { get; private set; }

    /// <summary>The item that reads an item, counted from the block's first; <see cref="Count"/> is the sink.</summary>
    public int ReaderOf(int local) => _readers[local];

    /// <summary>Whether an item, or the sink, reads the source's value.</summary>
    public bool ReadsSource(int local) => _readsSource[local];

    /// <summary>What an item (major) costs on a device; infinite where it may not be.</summary>
    public ReadOnlySpan<double> Costs => _costs;

    /// <summary>What an item's (major) values cost that are made on a device and read on another (minor); infinite where there is no such device.</summary>
    public ReadOnlySpan<double> Copies => _edges;

    /// <summary>Rows over devices are as wide as vectors.</summary>
    public static int WidthOf(int devices) => devices <= Vector256<double>.Count ? Vector256<double>.Count : PlacementProblem.MaxDevices;

    /// <summary>Reads a block; false when it is of another kind.</summary>
    public bool TryRead(Block block, ReadOnlySpan<byte> allowed)
    {
        (Block, SourceValue) = (block, -1);
        Reserve();
        for (var local = 0; local < Count; local++)
        {
            if (!TryReadItem(local, allowed[block.First + local]))
            {
                return false;
            }
        }

        var last = SourceValue < 0 ? -1 : problem.Consumers[SourceValue][^1];
        _readsSource[Count] = last == block.Sink;
        return last <= block.Sink;
    }

    private void Reserve()
    {
        if (_readers.Length < Count)
        {
            (_readers, _readsSource) = (new int[2 * Count], new bool[(2 * Count) + 1]);
            (_costs, _edges) = (new double[2 * Count * _width], new double[2 * Count * _width * _width]);
        }
    }

    private bool TryReadItem(int local, byte allowed)
    {
        var item = Block.First + local;
        (_readers[local], _readsSource[local]) = (-1, false);
        _edges.AsSpan(local * _width * _width, _width * _width).Fill(double.PositiveInfinity);
        for (var device = 0; device < _devices; device++)
        {
            _edges.AsSpan(((local * _width) + device) * _width, _devices).Clear();
        }

        for (var device = 0; device < _devices; device++)
        {
            _costs[(local * _width) + device] = (allowed >> device & 1) != 0 ? problem.ItemCost(item, device) : double.PositiveInfinity;
        }

        foreach (var value in problem.ValuesOf[item])
        {
            if (!(problem.Producer[value] == item ? TryReadOutput(local, value) : TryReadInput(local, value)))
            {
                return false;
            }
        }

        _readers[local] = _readers[local] < 0 && !HasSink ? Count : _readers[local];
        return _readers[local] >= 0;
    }

    private bool TryReadInput(int local, int value)
    {
        var producer = problem.Producer[value];
        if (producer < 0 && problem.Consumers[value].Length == 1 && !problem.IsOutput[value])
        {
            for (var device = 0; device < _devices; device++)
            {
                _costs[(local * _width) + device] += problem.CopyCost(value, problem.Host, 1 << device);
            }

            return true;
        }

        if (producer == Block.Source)
        {
            var isOther = SourceValue >= 0 && SourceValue != value;
            (SourceValue, _readsSource[local]) = (value, true);
            return !isOther;
        }

        return producer >= Block.First;
    }

    private bool TryReadOutput(int local, int value)
    {
        var readers = problem.Consumers[value];
        var reader = readers.IsEmpty ? -1 : readers[0] - Block.First;
        if (readers.Length > 1 || reader > Count || (reader >= 0 && _readers[local] >= 0 && _readers[local] != reader))
        {
            return false;
        }

        _readers[local] = Math.Max(_readers[local], reader);
        for (var pair = 0; pair < _devices * _devices; pair++)
        {
            var needs = (reader < 0 ? 0 : 1 << (pair % _devices)) | (problem.IsOutput[value] ? 1 << problem.Host : 0);
            _edges[(((local * _width) + (pair / _devices)) * _width) + (pair % _devices)] += problem.CopyCost(value, pair / _devices, needs);
        }

        return true;
    }
}
