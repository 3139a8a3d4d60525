namespace EdgeAI.Scheduling.Modeling;

/// <summary>A list of numbers for each row, in two flat arrays.</summary>
internal sealed class Adjacency
{
    private readonly int[] _starts;
    private readonly int[] _entries;

    private Adjacency(int[] starts, int[] entries) => (_starts, _entries) = (starts, entries);

    public ReadOnlySpan<int> this[int row] => _entries.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>Groups (row, entry) pairs by row; within a row they keep their order.</summary>
    public static Adjacency Of(int rows, List<(int Row, int Entry)> pairs)
    {
        var starts = new int[rows + 1];
        foreach (var (row, _) in pairs)
        {
            starts[row + 1]++;
        }

        for (var row = 0; row < rows; row++)
        {
            starts[row + 1] += starts[row];
        }

        var (next, entries) = (starts.AsSpan(0, rows).ToArray(), new int[pairs.Count]);
        foreach (var (row, entry) in pairs)
        {
            entries[next[row]++] = entry;
        }

        return new Adjacency(starts, entries);
    }
}
