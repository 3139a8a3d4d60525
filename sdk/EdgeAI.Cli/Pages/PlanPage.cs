using System.Globalization;
using System.Net;
using System.Text;
using EdgeAI.Runtime;

namespace EdgeAI.Cli.Pages;

/// <summary>A plan as one page without scripts or anything from elsewhere; well-formed XML too.</summary>
internal static class PlanPage
{
    private const string Style = """
        :root { color-scheme: light dark; --line: #8884; --ink: #223; --copy: #c34; --edge: #889; }
        body { font: 14px/1.5 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; margin: .5rem 0 2rem; }
        th, td { text-align: left; padding: .2rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; }
        td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
        .dot { display: inline-block; width: .8em; height: .8em; border-radius: .2em; margin-right: .4em; }
        .scroll { overflow: auto; max-height: 75vh; border: 1px solid var(--line); border-radius: .4rem; }
        .no { opacity: .7; }
        svg text { font: 10px system-ui, sans-serif; fill: #fff; }
        svg text.out { fill: currentColor; }
        svg rect.critical { stroke: currentColor; }
        svg path { fill: none; stroke: var(--edge); }
        svg path.copy { stroke: var(--copy); stroke-width: 2; }
        """;

    public static string Of(Plan plan)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head><meta charset=\"utf-8\" /><meta name=\"viewport\" content=\"width=device-width\" /><title>{Text(plan.Model)}: plan</title><style>{Style}</style></head><body>\n");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Text(plan.Model)}</h1>\n<p>{plan.Report.Operators.Length} operators in {plan.Steps.Length} steps, predicted {PlanFormat.Time(plan.PredictedSeconds)} (profile {Text(plan.Profile)}). {Text(Certificate(plan.Report))}</p>\n");
        AddTotals(page, plan);
        AddList(page, "What more support would win", plan.Report.WhatIfs.Select(item => item.ToString()));
        AddList(page, "Notes", plan.Report.Notes);
        AddTimeline(page, plan);
        page.Append("<h2>Graph</h2>\n<p>Each box is an operator in the colour of its device; red lines cross devices.</p>\n<div class=\"scroll\">").Append(GraphPicture.Of(plan)).Append("</div>\n");
        AddOperators(page, plan);
        return page.Append("</body></html>\n").ToString();
    }

    /// <summary>Text inside of an element or attribute; what XML cannot hold is left out.</summary>
    internal static string Text(string text) => WebUtility.HtmlEncode(string.Concat(text.Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter) && letter < '\uFFFE')));

    private static string Certificate(PlanReport report) => report.Gap <= 1e-9
        ? $"The placement is optimal by the {report.Objective} ({report.Solver})."
        : string.Create(CultureInfo.InvariantCulture, $"The placement is at most {report.Gap:P2} above the best by the {report.Objective} ({report.Solver}).");

    private static void AddTimeline(StringBuilder page, Plan plan)
    {
        var timeline = PlanTimeline.Predict(plan);
        page.Append(CultureInfo.InvariantCulture, $"<h2>Timeline</h2>\n<p>Predicted: each step starts when its inputs are ready and its device or link is free, and all end after {PlanFormat.Time(timeline.MakespanSeconds)}. Steps with an outline are those that the end waits for; point at a bar for what it is.</p>\n");
        page.Append("<div class=\"scroll\">").Append(TimelinePicture.Of(plan, timeline)).Append("</div>\n");
    }

    private static void AddTotals(StringBuilder page, Plan plan)
    {
        page.Append("<table><tr><th>device</th><th class=\"n\">operators</th><th class=\"n\">refused</th><th class=\"n\">segments</th><th class=\"n\">predicted</th><th class=\"n\">energy</th><th class=\"n\">copied to it, KiB</th></tr>\n");
        foreach (var row in plan.Totals())
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Device(row.Device)}</td><td class=\"n\">{row.Operators}</td><td class=\"n\">{row.Refused}</td><td class=\"n\">{row.Segments}</td><td class=\"n\">{PlanFormat.Time(row.Seconds)}</td><td class=\"n\">{PlanFormat.Energy(row.Joules)}</td><td class=\"n\">{row.CopiedBytes / 1024.0:0}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static void AddList(StringBuilder page, string title, IEnumerable<string> lines)
    {
        var items = string.Concat(lines.Select(line => $"<li>{Text(line)}</li>\n"));
        page.Append(items.Length == 0 ? "" : $"<h2>{title}</h2>\n<ul>\n{items}</ul>\n");
    }

    private static void AddOperators(StringBuilder page, Plan plan)
    {
        page.Append("<h2>Operators</h2>\n<table><tr><th>operator</th><th>node</th><th>device</th><th class=\"n\">predicted</th><th>other devices</th></tr>\n");
        foreach (var row in plan.Report.Operators)
        {
            var others = row.Answers.Where(answer => answer.Device != row.Device).Select(Answer);
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(row.Operator)}</td><td>{Text(row.Node)}</td><td>{Device(row.Device)}</td><td class=\"n\">{PlanFormat.Time(row.Predicted.Seconds)}</td><td>{string.Join("<br />", others)}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static string Device(string device) => $"<span class=\"dot\" style=\"background: {DeviceColours.Of(device)}\"></span>{Text(device)}";

    private static string Answer(DeviceAnswer answer) => answer.IsSupported ? $"{Text(answer.Device)} {PlanFormat.Time(answer.Seconds)}"
        : $"<span class=\"no\">{Text(answer.Device)} no, {Text(answer.Constraint!)}: {Text(answer.Reason ?? "")}</span>";
}
