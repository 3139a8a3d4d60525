using System.Globalization;
using System.Text;
using EdgeAI.Runtime;

namespace EdgeAI.Cli.Pages;

/// <summary>A lane per device, a bar per step.</summary>
internal static class TimelinePicture
{
    private const int Width = 1200;
    private const int Left = 70;
    private const int LaneHeight = 34;
    private const int BarHeight = 24;

    public static string Of(Plan plan)
    {
        var steps = TimelineStep.Of(plan);
        var lanes = plan.Devices.Select(device => device.Id).Append(TimelineStep.Copies).ToList();
        var end = Math.Max(steps.Sum(step => step.Seconds), 1e-12);
        var height = (lanes.Count * LaneHeight) + 24;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Left + Width + 10}\" height=\"{height}\">\n");
        for (var lane = 0; lane < lanes.Count; lane++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"out\" x=\"4\" y=\"{(lane * LaneHeight) + 20}\">{PlanPage.Text(lanes[lane])}</text>\n");
        }

        foreach (var step in steps)
        {
            var (x, width, y) = (Left + (step.Start / end * Width), Math.Max(step.Seconds / end * Width, 1), (lanes.IndexOf(step.Lane) * LaneHeight) + 5);
            var colour = step.Lane == TimelineStep.Copies ? "#c34" : DeviceColours.Of(step.Lane);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.##}\" y=\"{y}\" width=\"{width:0.##}\" height=\"{BarHeight}\" rx=\"2\" fill=\"{colour}\"><title>{PlanPage.Text(step.Text)}: {PlanFormat.Time(step.Seconds)}</title></rect>\n");
        }

        AddAxis(svg, end, height);
        return svg.Append("</svg>").ToString();
    }

    private static void AddAxis(StringBuilder svg, double end, int height)
    {
        const int Ticks = 8;
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var x = Left + ((double)tick / Ticks * Width);
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"out\" x=\"{x:0.##}\" y=\"{height - 6}\" text-anchor=\"{(tick == Ticks ? "end" : "middle")}\">{(tick == 0 ? "0" : PlanFormat.Time(end * tick / Ticks))}</text>\n");
        }
    }
}
