using System.Numerics;
using System.Runtime.InteropServices;
using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Segments;

namespace EdgeAI.Scheduling.Elimination;

/// <summary>
/// Writes a placement problem as a cost network. Items that only one device may take become constants. A value with few
/// undecided consumers is one table over producer and consumers; one with many gets a variable of its own, the set of
/// devices that hold a copy, so that copy-once stays exact and tables stay small.
/// </summary>
internal sealed class NetworkBuilder
{
    private readonly DenseProblem _problem;
    private readonly byte[] _allowed;
    private readonly int _directConsumers;
    private readonly BranchBlocks? _blocks;
    private readonly int[] _variableOf;
    private readonly List<(int Variable, int Value, int Choice)> _copySets = [];
    private readonly List<int> _scope = [];
    private readonly byte[] _subsets = new byte[1 << PlacementProblem.MaxDevices];

    private NetworkBuilder(DenseProblem problem, byte[] allowed, int directConsumers, BranchBlocks? blocks)
    {
        (_problem, _allowed, _directConsumers, _blocks) = (problem, allowed, directConsumers, blocks);
        _variableOf = new int[problem.ItemCount];
        for (var item = 0; item < problem.ItemCount; item++)
        {
            if (blocks is null || !blocks.Contains(item))
            {
                AddItem(item);
            }
        }

        for (var value = 0; value < problem.ValueCount; value++)
        {
            if (blocks is null || !blocks.ContainsValue(value))
            {
                AddValue(value);
            }
        }

        foreach (var (block, answers) in blocks?.Solved ?? [])
        {
            AddBlock(block, answers);
        }
    }

    public CostNetwork Network { get; } = new();

    /// <summary>Writes the problem with each item restricted to a set of devices.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="allowed">The devices that each item may take; none is empty.</param>
    /// <param name="launchPath">Paths along which each change of device costs a launch, as does the first.</param>
    /// <param name="directConsumers">Up to how many undecided consumers a value is one table.</param>
    /// <param name="blocks">Blocks that are solved; the path does not count their launches.</param>
    public static NetworkBuilder Build(DenseProblem problem, byte[] allowed, LaunchPath launchPath, int directConsumers = 2, BranchBlocks? blocks = null)
    {
        var builder = new NetworkBuilder(problem, allowed, directConsumers, blocks);
        var tables = builder.LaunchTables();
        foreach (var (path, launches) in launchPath.Parts(problem))
        {
            tables.AddAlong(path, launches);
        }

        return builder;
    }

    /// <summary>Adds launches to the network.</summary>
    public LaunchTables LaunchTables() => new(Network, _variableOf, _allowed);

    /// <summary>A place in time for each variable: its item's, or just after the producer's for a set of copies.</summary>
    public int[] Times()
    {
        var times = new int[Network.VariableCount];
        for (var item = 0; item < _variableOf.Length; item++)
        {
            if (_variableOf[item] >= 0)
            {
                times[_variableOf[item]] = 2 * item;
            }
        }

        foreach (var (variable, value, _) in _copySets)
        {
            times[variable] = (2 * _problem.Producer[value]) + 1;
        }

        return times;
    }

    /// <summary>Reads the devices of all items from the variables' labels; those inside solved blocks stay 0.</summary>
    public byte[] DevicesOf(ReadOnlySpan<byte> labels)
    {
        var devices = new byte[_problem.ItemCount];
        for (var item = 0; item < devices.Length; item++)
        {
            var variable = _variableOf[item];
            devices[item] = _blocks is not null && _blocks.Contains(item) ? (byte)0 : variable < 0 ? OnlyDevice(item) : Network.Labels(variable)[labels[variable]];
        }

        return devices;
    }

    /// <summary>The labels that say the same as a placement that keeps to the allowed devices.</summary>
    public byte[] LabelsOf(ReadOnlySpan<byte> devices)
    {
        var labels = new byte[Network.VariableCount];
        for (var item = 0; item < devices.Length; item++)
        {
            if (_variableOf[item] >= 0)
            {
                labels[_variableOf[item]] = (byte)Network.Labels(_variableOf[item]).IndexOf(devices[item]);
            }
        }

        foreach (var (variable, value, choice) in _copySets)
        {
            labels[variable] = (byte)Network.Labels(variable).IndexOf((byte)(_problem.NeedsOf(value, devices) & choice));
        }

        return labels;
    }

    private byte OnlyDevice(int item) => (byte)BitOperations.TrailingZeroCount(_allowed[item]);

    private void AddItem(int item)
    {
        if (BitOperations.IsPow2(_allowed[item]))
        {
            _variableOf[item] = -1;
            Network.Constant += _problem.ItemCost(item, OnlyDevice(item));
            return;
        }

        var count = 0;
        for (byte device = 0; device < _problem.DeviceCount; device++)
        {
            if ((_allowed[item] >> device & 1) != 0)
            {
                _subsets[count++] = device;
            }
        }

        _variableOf[item] = Network.AddVariable(_subsets.AsSpan(0, count));
        var unary = Network.Unary(_variableOf[item]);
        for (var label = 0; label < count; label++)
        {
            unary[label] = _problem.ItemCost(item, _subsets[label]);
        }
    }

    private void AddValue(int value)
    {
        var producer = _problem.Producer[value];
        var sources = producer < 0 ? 1 << _problem.Host : _allowed[producer];
        var (needed, reachable) = ReadConsumers(value);
        var open = reachable & ~needed & ~FreeDevices(value, sources);
        if (needed == 0 && open == 0)
        {
            return;
        }

        if (_scope.Count > _directConsumers && open != 0)
        {
            AddCopySet(value, needed, open, mayBeEmpty: reachable != open);
        }
        else
        {
            AddDirect(value, needed, open);
        }
    }

    /// <summary>Fills the scope with the undecided consumers; returns where copies are surely needed and where they may be.</summary>
    private (int Needed, int Reachable) ReadConsumers(int value)
    {
        _scope.Clear();
        var (needed, reachable) = (_problem.IsOutput[value] ? 1 << _problem.Host : 0, 0);
        foreach (var consumer in _problem.Consumers[value])
        {
            if (_variableOf[consumer] < 0)
            {
                needed |= _allowed[consumer];
            }
            else
            {
                reachable |= _allowed[consumer];
                _scope.Add(consumer);
            }
        }

        return (needed, reachable);
    }

    private int FreeDevices(int value, int sources)
    {
        var free = (1 << _problem.DeviceCount) - 1;
        for (var source = 0; source < _problem.DeviceCount; source++)
        {
            for (var device = 0; (sources >> source & 1) != 0 && device < _problem.DeviceCount; device++)
            {
                free &= _problem.CopyCost(value, source, 1 << device) > 0 ? ~(1 << device) : -1;
            }
        }

        return free;
    }

    /// <summary>One table over producer and undecided consumers (all that are not free).</summary>
    private void AddDirect(int value, int needed, int open)
    {
        if (open == 0)
        {
            _scope.Clear();
        }

        var consumers = _scope.Count;
        for (var index = 0; index < consumers; index++)
        {
            _scope[index] = _variableOf[_scope[index]];
        }

        var (producer, source) = ProducerOf(value);
        if (producer >= 0)
        {
            _scope.Add(producer);
        }

        if (_scope.Count == 0)
        {
            Network.Constant += _problem.CopyCost(value, source, needed);
            return;
        }

        var variables = CollectionsMarshal.AsSpan(_scope);
        var table = variables.Length == 1 ? Network.Unary(variables[0]) : Network.AddFactor(variables);
        for (var index = 0; index < table.Length; index++)
        {
            var (rest, from, set) = (index, source, needed);
            for (var place = variables.Length - 1; place >= 0; place--)
            {
                rest = Math.DivRem(rest, Network.DomainOf(variables[place]), out var label);
                var device = Network.Labels(variables[place])[label];
                (from, set) = place == consumers ? (device, set) : (from, set | 1 << device);
            }

            table[index] += _problem.CopyCost(value, from, set);
        }
    }

    /// <summary>A variable for the set of devices with a copy, a table with the producer and one with each consumer.</summary>
    private void AddCopySet(int value, int needed, int open, bool mayBeEmpty)
    {
        var count = 0;
        for (var set = mayBeEmpty ? 0 : -open & open; ; set = (set - open) & open)
        {
            _subsets[count++] = (byte)set;
            if (set == open)
            {
                break;
            }
        }

        var copySet = Network.AddVariable(_subsets.AsSpan(0, count));
        _copySets.Add((copySet, value, open));
        AddProducer(value, copySet, needed, _subsets.AsSpan(0, count));
        var penalty = PenaltyOf(value, needed | open);
        foreach (var consumer in _scope)
        {
            AddConsumer(_variableOf[consumer], copySet, open, penalty, _subsets.AsSpan(0, count));
        }
    }

    private void AddProducer(int value, int copySet, int needed, ReadOnlySpan<byte> sets)
    {
        var (producer, source) = ProducerOf(value);
        var table = producer < 0 ? Network.Unary(copySet) : Network.AddFactor(producer, copySet);
        for (var index = 0; index < table.Length; index++)
        {
            var from = producer < 0 ? source : Network.Labels(producer)[index / sets.Length];
            table[index] += _problem.CopyCost(value, from, needed | sets[index % sets.Length]);
        }
    }

    /// <summary>As much as all copies together: no consumer gains by doing without one, and tables stay finite.</summary>
    private double PenaltyOf(int value, int set)
    {
        var penalty = 0.0;
        for (var source = 0; source < _problem.DeviceCount; source++)
        {
            penalty = Math.Max(penalty, _problem.CopyCost(value, source, set));
        }

        return penalty;
    }

    private void AddConsumer(int consumer, int copySet, int open, double penalty, ReadOnlySpan<byte> sets)
    {
        var table = Network.AddFactor(consumer, copySet);
        for (var index = 0; index < table.Length; index++)
        {
            var need = 1 << Network.Labels(consumer)[index / sets.Length] & open;
            table[index] = (need & ~sets[index % sets.Length]) == 0 ? 0 : penalty;
        }
    }

    /// <summary>A solved block's costs, over the devices of its ends.</summary>
    private void AddBlock(Block block, BranchAnswer[] answers)
    {
        var (source, sink) = (block.Source < 0 ? -1 : _variableOf[block.Source], block.Sink < _variableOf.Length ? _variableOf[block.Sink] : -1);
        ReadOnlySpan<byte> sources = source >= 0 ? Network.Labels(source) : [block.Source < 0 ? (byte)0 : OnlyDevice(block.Source)];
        ReadOnlySpan<byte> sinks = sink >= 0 ? Network.Labels(sink) : [block.Sink < _variableOf.Length ? OnlyDevice(block.Sink) : (byte)0];
        if (source < 0 && sink < 0)
        {
            Network.Constant += answers[(sources[0] * _problem.DeviceCount) + sinks[0]].Cost;
            return;
        }

        var table = source < 0 ? Network.Unary(sink) : sink < 0 ? Network.Unary(source) : Network.AddFactor(source, sink);
        for (var index = 0; index < table.Length; index++)
        {
            table[index] += answers[(sources[index / sinks.Length] * _problem.DeviceCount) + sinks[index % sinks.Length]].Cost;
        }
    }

    private (int Variable, int Device) ProducerOf(int value)
    {
        var producer = _problem.Producer[value];
        if (producer < 0)
        {
            return (-1, _problem.Host);
        }

        return _variableOf[producer] < 0 ? (-1, OnlyDevice(producer)) : (_variableOf[producer], -1);
    }
}
