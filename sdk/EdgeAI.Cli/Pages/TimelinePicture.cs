using System.Globalization;
using System.Text;
using EdgeAI.Runtime;

namespace EdgeAI.Cli.Pages;

/// <summary>A lane per device and link, a bar per step, those of the critical path with an outline.</summary>
internal static class TimelinePicture
{
    private const int Width = 1200;
    private const int Left = 70;
    private const int LaneHeight = 34;
    private const int BarHeight = 24;

    public static string Of(Plan plan, PlanTimeline timeline)
    {
        var end = Math.Max(timeline.MakespanSeconds, 1e-12);
        var height = (timeline.Lanes.Length * LaneHeight) + 24;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Left + Width + 10}\" height=\"{height}\">\n");
        for (var lane = 0; lane < timeline.Lanes.Length; lane++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"out\" x=\"4\" y=\"{(lane * LaneHeight) + 20}\">{PlanPage.Text(timeline.Lanes[lane])}</text>\n");
        }

        foreach (var step in timeline.Steps)
        {
            AddBar(svg, plan, step, end, timeline.Lanes.IndexOf(step.Lane));
        }

        AddAxis(svg, end, height);
        return svg.Append("</svg>").ToString();
    }

    private static void AddBar(StringBuilder svg, Plan plan, TimelineStep step, double end, int lane)
    {
        var seconds = step.EndSeconds - step.StartSeconds;
        var (x, width, y) = (Left + (step.StartSeconds / end * Width), Math.Max(seconds / end * Width, 1), (lane * LaneHeight) + 5);
        var colour = plan.Steps[step.Step] is CopyStep ? "#c34" : DeviceColours.Of(step.Lane);
        svg.Append(CultureInfo.InvariantCulture, $"<rect{(step.IsCritical ? " class=\"critical\"" : "")} x=\"{x:0.##}\" y=\"{y}\" width=\"{width:0.##}\" height=\"{BarHeight}\" rx=\"2\" fill=\"{colour}\"><title>{PlanPage.Text($"{step.Step}: {plan.DescribeStep(step.Step)}")}: {PlanFormat.Time(seconds)} from {PlanFormat.Time(step.StartSeconds)}</title></rect>\n");
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
