using System.Globalization;

namespace EdgeAI.Conformance.Models;

/// <summary>A row of tolerances.txt: a model whose float results may differ from the file's, because of one change that is named.</summary>
/// <param name="Model">Path below models/.</param>
/// <param name="Change">Of those that tolerances.txt explains.</param>
/// <param name="Largest">Largest absolute difference.</param>
internal sealed record Tolerance(string Model, string Change, double Largest)
{
    /// <summary>The table by model.</summary>
    public static IReadOnlyDictionary<string, Tolerance> Table { get; } = Lines("tolerances.txt")
        .Select(cells => new Tolerance(cells[0], cells[1], double.Parse(cells[2], CultureInfo.InvariantCulture)))
        .ToDictionary(row => row.Model);

    /// <summary>The cells of a text table that lies beside the tests: '|' between cells, '#' before comments.</summary>
    public static IEnumerable<string[]> Lines(string file) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, file))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries));
}
