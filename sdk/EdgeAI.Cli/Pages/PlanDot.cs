using System.Text;
using EdgeAI.Runtime;

namespace EdgeAI.Cli.Pages;

/// <summary>A plan's operators in the language of Graphviz, coloured by device.</summary>
internal static class PlanDot
{
    public static string Of(Plan plan)
    {
        var text = new StringBuilder();
        text.Append($"digraph \"{Escape(plan.Model)}\" {{\n  rankdir=TB;\n  node [shape=box, style=\"filled,rounded\", fontname=\"sans-serif\", fontsize=10, fontcolor=white, color=none];\n  edge [color=\"#8888aa\"];\n");
        var rows = plan.Report.Operators;
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            text.Append($"  n{i} [label=\"{Escape(row.Operator)}\\n{Escape(row.Node)}\\n{Escape(row.Device)} {PlanFormat.Time(row.Predicted.Seconds)}\", fillcolor=\"{DeviceColours.Of(row.Device)}\"];\n");
        }

        for (var i = 0; i < rows.Length; i++)
        {
            foreach (var read in rows[i].Reads)
            {
                text.Append($"  n{read} -> n{i}{(rows[read].Device == rows[i].Device ? "" : " [style=bold, color=\"#cc3344\"]")};\n");
            }
        }

        return text.Append("}\n").ToString();
    }

    private static string Escape(string text) => string.Concat(text.Select(letter => letter switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        _ when char.IsControl(letter) => " ",
        _ => $"{letter}",
    }));
}
