using EdgeAI.Quantization.Reporting;

namespace EdgeAI.Quantization;

/// <summary>Writes quantization reports for programs and for people.</summary>
public static class ReportWriter
{
    /// <summary>Everything as one JSON object.</summary>
    public static void WriteJson(QuantizationReport report, Stream stream) => JsonReport.Write(report, stream);

    /// <summary>One page that needs nothing beside it: tables with the worst first, and histograms as pictures.</summary>
    /// <param name="report">The report.</param>
    /// <param name="title">The model's name.</param>
    /// <param name="writer">Where it goes.</param>
    public static void WriteHtml(QuantizationReport report, string title, TextWriter writer) => writer.Write(HtmlReport.Of(report, title));
}
