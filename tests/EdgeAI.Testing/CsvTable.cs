using System.Globalization;

namespace EdgeAI.Testing;

/// <summary>A file of comma-separated cells under one line of column names.</summary>
public static class CsvTable
{
    /// <summary>The rows, each cell by its column's name.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Read(string path)
    {
        string[]? head = null;
        foreach (var cells in File.ReadLines(path).Where(line => line.Length > 0).Select(line => line.Split(',')))
        {
            if (head is null)
            {
                head = cells;
                continue;
            }

            yield return head.Zip(cells).ToDictionary(pair => pair.First.Trim(), pair => pair.Second.Trim());
        }
    }

    /// <summary>A cell as a whole number.</summary>
    public static long Number(this IReadOnlyDictionary<string, string> row, string column) =>
        long.Parse(row[column], CultureInfo.InvariantCulture);
}
