using System.Numerics;

namespace EdgeAI.Scheduling.Elimination;

/// <summary>One growing array out of which tables are rented by offset; sizes are rounded up to powers of two and reused.</summary>
internal sealed class TableArena
{
    private readonly Stack<int>[] _free = new Stack<int>[32];
    private double[] _entries = new double[1 << 12];
    private int _used;

    public int Rent(int size)
    {
        var kind = BitOperations.Log2((uint)((size * 2) - 1));
        if (_free[kind] is { Count: > 0 } offsets)
        {
            return offsets.Pop();
        }

        var start = _used;
        _used = checked(_used + (1 << kind));
        if (_used > _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(_used, (int)Math.Min(2L * _entries.Length, Array.MaxLength)));
        }

        return start;
    }

    public void Return(int offset, int size)
    {
        var kind = BitOperations.Log2((uint)((size * 2) - 1));
        (_free[kind] ??= new Stack<int>()).Push(offset);
    }

    /// <summary>A rented table; valid until the next <see cref="Rent"/>.</summary>
    public Span<double> this[int offset, int size] => _entries.AsSpan(offset, size);
}
