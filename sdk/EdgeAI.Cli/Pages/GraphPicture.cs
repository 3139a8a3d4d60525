using System.Globalization;
using System.Text;
using EdgeAI.Runtime;

namespace EdgeAI.Cli.Pages;

/// <summary>The operators as boxes in layers, a curve for each value between them.</summary>
internal static class GraphPicture
{
    private const int ColumnWidth = 150;
    private const int LayerHeight = 58;
    private const int BoxWidth = 134;
    private const int BoxHeight = 32;
    private const int Margin = 12;
    private const int LongestName = 22;

    public static string Of(Plan plan)
    {
        var rows = plan.Report.Operators;
        var layout = LayeredLayout.Of([.. rows.Select(row => row.Reads)]);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{(layout.Width * ColumnWidth) + (2 * Margin):0}\" height=\"{(layout.LayerCount * LayerHeight) + (2 * Margin)}\">\n");
        for (var i = 0; i < rows.Length; i++)
        {
            foreach (var read in rows[i].Reads)
            {
                AddEdge(svg, Place(layout, read), Place(layout, i), rows[read].Device != rows[i].Device);
            }
        }

        for (var i = 0; i < rows.Length; i++)
        {
            AddBox(svg, rows[i], Place(layout, i));
        }

        return svg.Append("</svg>").ToString();
    }

    private static (double X, double Y) Place(LayeredLayout layout, int node) =>
        (Margin + (layout.Columns[node] * ColumnWidth), Margin + (layout.Layers[node] * LayerHeight));

    private static void AddEdge(StringBuilder svg, (double X, double Y) from, (double X, double Y) to, bool crosses)
    {
        var (x0, y0, x1, y1) = (from.X + (BoxWidth / 2), from.Y + BoxHeight, to.X + (BoxWidth / 2), to.Y);
        var middle = (y0 + y1) / 2;
        svg.Append(CultureInfo.InvariantCulture, $"<path{(crosses ? " class=\"copy\"" : "")} d=\"M{x0:0.#} {y0:0.#}C{x0:0.#} {middle:0.#} {x1:0.#} {middle:0.#} {x1:0.#} {y1:0.#}\" />\n");
    }

    private static void AddBox(StringBuilder svg, OperatorReport row, (double X, double Y) at)
    {
        var answers = string.Join("; ", row.Answers.Select(answer => answer.IsSupported ? $"{answer.Device} {PlanFormat.Time(answer.Seconds)}" : $"{answer.Device} no ({answer.Constraint})"));
        svg.Append(CultureInfo.InvariantCulture, $"<g><title>{PlanPage.Text($"{row.Operator} {row.Node} on {row.Device}: {answers}")}</title><rect x=\"{at.X:0.#}\" y=\"{at.Y:0.#}\" width=\"{BoxWidth}\" height=\"{BoxHeight}\" rx=\"4\" fill=\"{DeviceColours.Of(row.Device)}\" />");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{at.X + 6:0.#}\" y=\"{at.Y + 13:0.#}\">{PlanPage.Text(Clip(row.Operator))}</text><text x=\"{at.X + 6:0.#}\" y=\"{at.Y + 26:0.#}\">{PlanPage.Text(Clip(row.Node))}</text></g>\n");
    }

    private static string Clip(string text) => text.Length <= LongestName ? text : "…" + text[^(LongestName - 1)..];
}
