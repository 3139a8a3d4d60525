using System.Numerics;

namespace EdgeAI.Scheduling.Elimination;

/// <summary>One growing array out of which tables are rented by offset; sizes are rounded up to powers of two and reused.</summary>
internal sealed class TableArena
{
    private readonly Stack<int>[] free = new Stack<int>[32];
    private double[] entries = new double[1 << 12];
    private int used;

    public int Rent(int size)
    {
        var kind = BitOperations.Log2((uint)((size * 2) - 1));
        if (free[kind] is { Count: > 0 } offsets)
        {
            return offsets.Pop();
        }

        var start = used;
        used = checked(used + (1 << kind));
        if (used > entries.Length)
        {
            Array.Resize(ref entries, Math.Max(used, (int)Math.Min(2L * entries.Length, Array.MaxLength)));
        }

        return start;
    }

    public void Return(int offset, int size)
    {
        var kind = BitOperations.Log2((uint)((size * 2) - 1));
        (free[kind] ??= new Stack<int>()).Push(offset);
    }

    /// <summary>A rented table; valid until the next <see cref="Rent"/>.</summary>
    public Span<double> this[int offset, int size] => entries.AsSpan(offset, size);
}
