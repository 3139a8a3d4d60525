using System.Collections.Immutable;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Streams;

/// <summary>Bytes [Start, End) of a region that a command may touch.</summary>
internal readonly record struct MemoryRange(int Region, long Start, long End)
{
    public static MemoryRange Of(Address address, long bytes) => new(address.Region, address.Offset, address.Offset + bytes);

    public static MemoryRange Of(in FeatureMap map, int elementBytes = 1) => Of(
        map.Address, ((map.Height - 1L) * map.RowStride) + ((map.Width - 1L) * map.PixelStride) + ((map.Channels - 1L) * map.ChannelStride) + elementBytes);

    public bool Overlaps(in MemoryRange other) => Region == other.Region && Start < other.End && other.Start < End;
}

/// <summary>
/// Collects commands as if they ran one after the other, with what each reads and writes, and then orders the engines by
/// semaphores so that running side by side gives the same result: a command waits for those before it on other engines
/// whose bytes it touches. One counter per engine counts the commands that somebody waits for.
/// </summary>
internal sealed class CommandStream
{
    private const int Engines = NpuEngines.Count;
    private readonly List<Entry> _entries = [];
    private readonly List<Entry>[] _byEngine = [[], [], [], []];

    /// <summary>Name of the graph node that the next commands belong to.</summary>
    public string? Node { get; set; }

    /// <summary>Commands so far, without semaphores.</summary>
    public int Count => _entries.Count;

    /// <summary>Appends a command that writes one range and reads some.</summary>
    public void Add(ICommand command, MemoryRange write, params ReadOnlySpan<MemoryRange> reads)
    {
        var entry = new Entry(command, Node, _byEngine[(int)command.Engine].Count, write, reads.ToArray());
        Order(entry);
        _byEngine[(int)command.Engine].Add(entry);
        _entries.Add(entry);
    }

    /// <summary>Finds, per other engine, the last command that must have finished, unless that is known already.</summary>
    private void Order(Entry entry)
    {
        var engine = (int)entry.Command.Engine;
        var known = entry.Known;
        if (entry.Sequence > 0)
        {
            _byEngine[engine][entry.Sequence - 1].Known.CopyTo(known, 0);
        }

        for (var other = 0; other < Engines; other++)
        {
            if (other != engine && LastConflict(entry, _byEngine[other], known[other]) is { } conflict)
            {
                entry.Waits[other] = conflict.Sequence;
                conflict.IsAwaited = true;
                Learn(known, conflict, other);
            }
        }
    }

    private static Entry? LastConflict(Entry entry, List<Entry> earlier, int known)
    {
        for (var i = earlier.Count - 1; i > known; i--)
        {
            if (Conflicts(entry, earlier[i]))
            {
                return earlier[i];
            }
        }

        return null;
    }

    private static bool Conflicts(Entry later, Entry earlier)
    {
        if (later.Write.Overlaps(earlier.Write))
        {
            return true;
        }

        foreach (var read in later.Reads)
        {
            if (read.Overlaps(earlier.Write))
            {
                return true;
            }
        }

        foreach (var read in earlier.Reads)
        {
            if (read.Overlaps(later.Write))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Having waited for a command, an engine also knows all that this one had waited for.</summary>
    private static void Learn(int[] known, Entry conflict, int engine)
    {
        known[engine] = conflict.Sequence;
        for (var i = 0; i < Engines; i++)
        {
            known[i] = Math.Max(known[i], conflict.Known[i]);
        }
    }

    /// <summary>The stream with its semaphores and End, and which commands came from which node.</summary>
    public (ImmutableArray<ICommand> Commands, ImmutableArray<SourceRange> SourceMap) Finish()
    {
        var (commands, ranges) = (ImmutableArray.CreateBuilder<ICommand>(), ImmutableArray.CreateBuilder<SourceRange>());
        var (signals, awaited) = (new int[Engines], new Dictionary<(int Engine, int Sequence), int>());
        foreach (var entry in _entries)
        {
            var start = commands.Count;
            var engine = (int)entry.Command.Engine;
            for (var other = 0; other < Engines; other++)
            {
                if (entry.Waits[other] >= 0)
                {
                    commands.Add(new Wait { Engine = entry.Command.Engine, Semaphore = other, Value = awaited[(other, entry.Waits[other])] });
                }
            }

            commands.Add(entry.Command);
            if (entry.IsAwaited)
            {
                commands.Add(new Signal { Engine = entry.Command.Engine, Semaphore = engine });
                awaited[(engine, entry.Sequence)] = ++signals[engine];
            }

            Attribute(ranges, start, commands.Count, entry.Node);
        }

        commands.Add(new End());
        Attribute(ranges, commands.Count - 1, commands.Count, _entries.Count > 0 ? _entries[^1].Node : null);
        return (commands.DrainToImmutable(), ranges.DrainToImmutable());
    }

    private static void Attribute(ImmutableArray<SourceRange>.Builder ranges, int start, int end, string? node)
    {
        if (node is null)
        {
            return;
        }

        if (ranges.Count > 0 && ranges[^1].End == start && ranges[^1].Node == node)
        {
            ranges[^1] = ranges[^1] with { End = end };
        }
        else
        {
            ranges.Add(new SourceRange(start, end, node));
        }
    }

    private sealed class Entry(ICommand command, string? node, int sequence, MemoryRange write, MemoryRange[] reads)
    {
        public ICommand Command { get; } = command;

        public string? Node { get; } = node;

        /// <summary>Place among the commands of its engine.</summary>
        public int Sequence { get; } = sequence;

        public MemoryRange Write { get; } = write;

        public MemoryRange[] Reads { get; } = reads;

        /// <summary>Per engine the last command that has surely finished when this one starts.</summary>
        public int[] Known { get; } = [-1, -1, -1, -1];

        /// <summary>Per engine the command to wait for, or −1.</summary>
        public int[] Waits { get; } = [-1, -1, -1, -1];

        public bool IsAwaited { get; set; }
    }
}
