namespace EdgeAI.Benchmarks;

/// <summary>A table in Markdown.</summary>
internal sealed class MarkdownTable(params string[] head)
{
    private readonly List<string[]> _rows = [];

    public int RowCount => _rows.Count;

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString() =>
        string.Join('\n', _rows.Prepend([.. head.Select((_, i) => i == 0 ? "---" : "---:")]).Prepend(head).Select(row => $"| {string.Join(" | ", row)} |"));
}
