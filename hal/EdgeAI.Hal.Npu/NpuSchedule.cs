using System.Collections.Immutable;

namespace EdgeAI.Hal.Npu;

/// <summary>One command in time: it occupies its engine from Start up to End.</summary>
/// <param name="Index">Place in the stream.</param>
/// <param name="Mnemonic">Name in assembly text.</param>
/// <param name="Engine">Who executes it.</param>
/// <param name="Start">First cycle.</param>
/// <param name="End">Cycle after the last.</param>
/// <param name="Cost">What it takes undisturbed.</param>
public readonly record struct NpuCommandTiming(int Index, string Mnemonic, NpuEngine Engine, long Start, long End, NpuCost Cost);

/// <summary>The commands of one graph node, in time.</summary>
/// <param name="Node">Name in the source map; "" for commands of no node.</param>
/// <param name="Commands">How many commands.</param>
/// <param name="ElapsedCycles">Cycles by which this node moves the end of the run, in order of completion: these add up to the total.</param>
/// <param name="BusyCycles">Cycles by engine (index = <see cref="NpuEngine"/>); these add up to the schedule's.</param>
/// <param name="Cost">Sum over its commands; these add up to the schedule's.</param>
/// <param name="Femtojoules">Energy of its activity and its elapsed cycles; these add up to the schedule's.</param>
public sealed record NpuLayerTiming(string Node, int Commands, long ElapsedCycles, ImmutableArray<long> BusyCycles, NpuCost Cost, long Femtojoules)
{
    /// <summary>The engine that is busy longest: what bounds the node.</summary>
    public NpuEngine Bound => (NpuEngine)BusyCycles.IndexOf(BusyCycles.Max());
}

/// <summary>When each command of a stream runs, and what it all takes.</summary>
public sealed class NpuSchedule
{
    internal NpuSchedule(NpuConfiguration configuration, ImmutableArray<NpuCommandTiming> commands)
    {
        (Configuration, Commands) = (configuration, commands);
        TotalCycles = commands.IsEmpty ? 0 : commands.Max(command => command.End);
        Cost = Sum(commands);
        BusyCycles = Busy(commands);
        Femtojoules = checked(Cost.Femtojoules(configuration) + (TotalCycles * configuration.CycleFemtojoules));
    }

    /// <summary>The machine.</summary>
    public NpuConfiguration Configuration { get; }

    /// <summary>By place in the stream.</summary>
    public ImmutableArray<NpuCommandTiming> Commands { get; }

    /// <summary>Cycles from the doorbell to the interrupt.</summary>
    public long TotalCycles { get; }

    /// <summary>The same in seconds.</summary>
    public double TotalSeconds => (double)TotalCycles / Configuration.ClockHertz;

    /// <summary>Cycles by engine (index = <see cref="NpuEngine"/>), contention included.</summary>
    public ImmutableArray<long> BusyCycles { get; }

    /// <summary>Sum over the commands.</summary>
    public NpuCost Cost { get; }

    /// <summary>Energy in femtojoules.</summary>
    public long Femtojoules { get; }

    /// <summary>Energy in joules.</summary>
    public double EnergyJoules => Femtojoules * 1e-15;

    /// <summary>Multiply-accumulates done over those possible.</summary>
    public double Utilization => TotalCycles == 0 ? 0 : (double)Cost.Macs / ((double)TotalCycles * Configuration.MacsPerCycle);

    /// <summary>Order in which commands take effect: by the cycle in which they end.</summary>
    internal int[] CompletionOrder() =>
        [.. Commands.OrderBy(command => command.End).ThenBy(command => command.Start).ThenBy(command => command.Index).Select(command => command.Index)];

    /// <summary>Times by node, in order of completion. Every part adds up to the schedule's total.</summary>
    public ImmutableArray<NpuLayerTiming> Layers(ImmutableArray<SourceRange> sourceMap) => [.. LayersWithCommands(sourceMap).Select(layer => layer.Timing)];

    /// <summary>The same, each with its commands in order of the stream.</summary>
    internal IEnumerable<(NpuLayerTiming Timing, ImmutableArray<NpuCommandTiming> Commands)> LayersWithCommands(ImmutableArray<SourceRange> sourceMap)
    {
        var nodes = NodeOfCommand(sourceMap);
        var before = 0L;
        foreach (var group in Commands.GroupBy(command => nodes[command.Index]).OrderBy(group => group.Max(command => command.End)))
        {
            var (end, cost) = (group.Max(command => command.End), Sum(group));
            var energy = checked(cost.Femtojoules(Configuration) + ((end - before) * Configuration.CycleFemtojoules));
            yield return (new(group.Key, group.Count(), end - before, Busy(group), cost, energy), [.. group]);
            before = end;
        }
    }

    /// <summary>For each command the node that the source map names; "" where it names none.</summary>
    internal string[] NodeOfCommand(ImmutableArray<SourceRange> sourceMap)
    {
        var nodes = Enumerable.Repeat("", Commands.Length).ToArray();
        foreach (var range in sourceMap.IsDefault ? [] : sourceMap)
        {
            var start = (int)Math.Clamp(range.Start, 0, nodes.Length);
            nodes.AsSpan(start, (int)Math.Clamp(range.End, start, nodes.Length) - start).Fill(range.Node);
        }

        return nodes;
    }

    private static NpuCost Sum(IEnumerable<NpuCommandTiming> commands) =>
        commands.Aggregate(default(NpuCost), (sum, command) => sum + command.Cost);

    private static ImmutableArray<long> Busy(IEnumerable<NpuCommandTiming> commands)
    {
        var busy = new long[NpuEngines.Count];
        foreach (var command in commands.Where(command => command.Cost.Cycles > 0))
        {
            busy[(int)command.Engine] += command.End - command.Start;
        }

        return [.. busy];
    }
}
