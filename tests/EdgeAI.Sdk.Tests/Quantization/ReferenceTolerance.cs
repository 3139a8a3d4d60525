using System.Globalization;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>By how much a result may differ from the reference tool's: rows of reference-tolerances.txt.</summary>
internal static class ReferenceTolerance
{
    private static readonly Dictionary<string, double> Rows = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Quantization", "reference-tolerances.txt"))
        .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(cells => cells[0], cells => double.Parse(cells[1], CultureInfo.InvariantCulture));

    public static double Of(string what) => Rows[what];
}
