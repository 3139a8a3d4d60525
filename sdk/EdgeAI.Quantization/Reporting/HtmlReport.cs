using System.Globalization;
using System.Net;
using System.Text;

namespace EdgeAI.Quantization.Reporting;

/// <summary>A report as one page without scripts or anything from elsewhere.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --line: #8884; --bad: #c33; --fair: #b70; --good: #283; --bar: #48c; }
        body { font: 14px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; width: 100%; margin: .5rem 0 2rem; }
        th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); }
        td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
        .bad { color: var(--bad); } .fair { color: var(--fair); } .good { color: var(--good); }
        svg { display: block; } svg path { fill: var(--bar); }
        @media (prefers-color-scheme: dark) { :root { --bad: #f77; --fair: #eb5; --good: #7c8; --bar: #8bf; } }
        """;

    public static string Of(QuantizationReport report, string title)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Text(title)}: quantization</title><style>{Style}</style></head><body>\n");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Text(title)}</h1>\n<p>{Text(Summary(report))}</p>\n");
        AddOutputs(page, report);
        AddLayers(page, report);
        AddTensors(page, "Activations", report.Tensors.Where(tensor => !tensor.IsConstant));
        AddTensors(page, "Weights", report.Tensors.Where(tensor => tensor.IsConstant));
        AddFloatNodes(page, report);
        return page.Append("</body></html>\n").ToString();
    }

    private static string Summary(QuantizationReport report)
    {
        var quantized = report.Nodes.Count(node => node.IsQuantized);
        return $"{quantized} of {report.Nodes.Length} operators are quantized: {report.Options.ActivationType} activations, {report.Options.WeightType} weights {(report.Options.PerChannel ? "per channel" : "per tensor")}, "
            + $"ranges by {report.Options.Method} over {report.Samples} samples, compared with the float model on {report.MeasuredSamples}{(report.IncomparableSamples > 0 ? $", of which {report.IncomparableSamples} have outputs of another size" : "")}.";
    }

    private static void AddOutputs(StringBuilder page, QuantizationReport report)
    {
        for (var i = 0; i < report.OutputSqnr.Length; i++)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>Output {i}: {Decibels.Text(report.OutputSqnr[i])} dB signal to quantization noise.</p>\n");
        }
    }

    private static void AddLayers(StringBuilder page, QuantizationReport report)
    {
        if (report.Layers.IsEmpty)
        {
            return;
        }

        page.Append("<h2>Layers, the most sensitive first</h2>\n<table><tr><th>layer</th><th>operator</th><th class=\"n\">outputs' SQNR when it alone is quantized, dB</th></tr>\n");
        foreach (var layer in report.Layers)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(string.Join(" + ", layer.Nodes))}</td><td>{Text(layer.Operator)}</td><td class=\"n {Grade(layer.Sqnr)}\">{Decibels.Text(layer.Sqnr)}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static void AddTensors(StringBuilder page, string heading, IEnumerable<TensorReport> tensors)
    {
        page.Append(CultureInfo.InvariantCulture, $"<h2>{heading}, the worst first</h2>\n<table><tr><th>tensor</th><th>type</th><th class=\"n\">SQNR, dB</th><th class=\"n\">range</th><th class=\"n\">scale</th><th class=\"n\">zero point</th><th>values</th></tr>\n");
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Sqnr ?? double.MaxValue))
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(tensor.Name)}{Remark(tensor)}</td><td>{tensor.Type}</td><td class=\"n {Grade(tensor.Sqnr ?? double.NaN)}\">{Decibels.Text(tensor.Sqnr ?? double.NaN)}</td>");
            page.Append(CultureInfo.InvariantCulture, $"<td class=\"n\">{tensor.Range.Minimum:G4} … {tensor.Range.Maximum:G4}</td><td class=\"n\">{Scales(tensor)}</td><td class=\"n\">{tensor.Parameters.ZeroPoints[0]}</td><td>{Picture(tensor)}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static void AddFloatNodes(StringBuilder page, QuantizationReport report)
    {
        page.Append("<h2>Operators that stay float</h2>\n<table><tr><th>operator</th><th>node</th><th>why</th></tr>\n");
        foreach (var node in report.Nodes.Where(node => !node.IsQuantized))
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(node.Operator)}</td><td>{Text(node.Name)}</td><td>{Text(node.WhyFloat!)}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static string Remark(TensorReport tensor) =>
        tensor.SharedWith is { } shared ? $" <small>as {Text(shared)}</small>" : tensor.Note is { } note ? $" <small>{Text(note)}</small>" : "";

    private static string Scales(TensorReport tensor) => tensor.Parameters.Scales.Length == 1
        ? string.Create(CultureInfo.InvariantCulture, $"{tensor.Parameters.Scales[0]:G4}")
        : string.Create(CultureInfo.InvariantCulture, $"{tensor.Parameters.Scales.Min():G3} … {tensor.Parameters.Scales.Max():G3}");

    /// <summary>Bars on a logarithmic scale, as a few outliers matter as much as the many.</summary>
    private static string Picture(TensorReport tensor)
    {
        if (tensor.Histogram.IsEmpty)
        {
            return "";
        }

        const int Height = 28;
        const int Width = 3;
        var largest = Math.Log(1 + tensor.Histogram.Max());
        var path = new StringBuilder();
        for (var i = 0; i < tensor.Histogram.Length; i++)
        {
            var height = largest > 0 ? Height * Math.Log(1 + tensor.Histogram[i]) / largest : 0;
            path.Append(CultureInfo.InvariantCulture, $"M{i * Width},{Height}v{-height:0.#}h{Width - 1}v{height:0.#}z");
        }

        return $"<svg width=\"{tensor.Histogram.Length * Width}\" height=\"{Height}\" role=\"img\" aria-label=\"histogram of {Text(tensor.Name)}\"><path d=\"{path}\"/></svg>";
    }

    private static string Grade(double sqnr) => double.IsNaN(sqnr) ? "" : sqnr < 15 ? "bad" : sqnr < 25 ? "fair" : "good";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
