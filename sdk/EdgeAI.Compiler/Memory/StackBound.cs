using System.Numerics;
using System.Runtime.InteropServices;

namespace EdgeAI.Compiler.Memory;

/// <summary>
/// What the waiting blocks of each clique need at least, given the lowest offset that each may still have: they lie on each
/// other, so in order of those offsets the stack's end is max(end so far, offset) + size. One pass, vectors over cliques.
/// </summary>
internal sealed class StackBound(CliqueModel model)
{
    /// <summary>The value of <see cref="Floor"/> where no block waits.</summary>
    public const int NoFloor = int.MaxValue;

    /// <summary>All bits for each lane up to the middle, none beyond: read so that only a block's last cliques are touched.</summary>
    private static readonly int[] Lanes = [.. Enumerable.Repeat(-1, Vector<int>.Count), .. new int[Vector<int>.Count]];

    private readonly int[] _end = new int[model.CliqueCount + Vector<int>.Count];
    private readonly int[] _floor = new int[model.CliqueCount + Vector<int>.Count];
    private readonly int[] _ready = new int[model.CliqueCount + Vector<int>.Count];

    /// <summary>The lowest offset that a waiting block of the clique may have.</summary>
    public int Floor(int clique) => _floor[clique];

    /// <summary>How many waiting blocks of the clique may lie on its floor.</summary>
    public int Ready(int clique) => _ready[clique];

    /// <summary>
    /// Bounds the cliques [first, end) by the waiting blocks in them, which come by ascending lowest offset; returns a clique
    /// whose stack passes its limit, or -1.
    /// </summary>
    public int Compute(int first, int end, ReadOnlySpan<int> waiting, int[] lowest, ReadOnlySpan<int> limits)
    {
        _end.AsSpan(first, end - first).Clear();
        _ready.AsSpan(first, end - first).Clear();
        _floor.AsSpan(first, end - first).Fill(NoFloor);
        foreach (var block in waiting)
        {
            if (model.First[block] >= first && model.First[block] < end)
            {
                Stack(model.First[block], model.End[block], lowest[block], model.Size[block]);
            }
        }

        return FirstOver(first, end, limits);
    }

    /// <summary>A stack beyond int.MaxValue has become negative, and is over any limit.</summary>
    private int FirstOver(int first, int end, ReadOnlySpan<int> limits)
    {
        var clique = first;
        for (; clique <= end - Vector<int>.Count; clique += Vector<int>.Count)
        {
            if (Vector.GreaterThanAny(new Vector<uint>(MemoryMarshal.Cast<int, uint>(_end.AsSpan(clique))), new Vector<uint>(MemoryMarshal.Cast<int, uint>(limits[clique..]))))
            {
                break;
            }
        }

        for (; clique < end; clique++)
        {
            if ((uint)_end[clique] > (uint)limits[clique])
            {
                return clique;
            }
        }

        return -1;
    }

    private void Stack(int first, int end, int offset, int size)
    {
        ref var ends = ref MemoryMarshal.GetArrayDataReference(_end);
        ref var floors = ref MemoryMarshal.GetArrayDataReference(_floor);
        ref var ready = ref MemoryMarshal.GetArrayDataReference(_ready);
        ref var lanes = ref MemoryMarshal.GetArrayDataReference(Lanes);
        var (offsets, sizes) = (new Vector<int>(offset), new Vector<int>(size));
        for (var clique = first; clique < end; clique += Vector<int>.Count)
        {
            var mask = Load(ref lanes, Vector<int>.Count - Math.Min(Vector<int>.Count, end - clique));
            var floor = Vector.Min(Load(ref floors, clique), Vector.ConditionalSelect(mask, offsets, new Vector<int>(NoFloor)));
            Store(ref ends, clique, Vector.Max(Load(ref ends, clique), offsets & mask) + (sizes & mask));
            Store(ref floors, clique, floor);
            Store(ref ready, clique, Load(ref ready, clique) - (Vector.Equals(floor, offsets) & mask));
        }
    }

    private static Vector<int> Load(ref int start, int index) => Vector.LoadUnsafe(ref start, (nuint)index);

    private static void Store(ref int start, int index, Vector<int> value) => value.StoreUnsafe(ref start, (nuint)index);
}
