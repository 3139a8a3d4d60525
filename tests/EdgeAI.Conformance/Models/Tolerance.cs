using System.Globalization;

namespace EdgeAI.Conformance.Models;

/// <summary>A row of tolerances.txt: a model whose float results may differ from the file's, because of one reason that is named.</summary>
/// <param name="Model">Path below models/; "*" for those that have no row.</param>
/// <param name="Set">Name of the device set.</param>
/// <param name="Reason">Of those that tolerances.txt explains.</param>
/// <param name="Largest">Largest difference, relative to the largest magnitude of the output.</param>
internal sealed record Tolerance(string Model, string Set, string Reason, double Largest)
{
    /// <summary>All rows.</summary>
    public static IReadOnlyList<Tolerance> Table { get; } =
        [.. TextTable.Read("tolerances.txt").Select(cells => new Tolerance(cells[0], cells[1], cells[2], double.Parse(cells[3], CultureInfo.InvariantCulture)))];

    /// <summary>The row for a model on a device set, else that for all models on it, else null: exact.</summary>
    public static Tolerance? For(string model, string set) =>
        Table.SingleOrDefault(row => row.Model == model && row.Set == set) ?? Table.SingleOrDefault(row => row.Model == "*" && row.Set == set);
}
