using EdgeAI.Runtime;

namespace EdgeAI.Cli.Pages;

/// <summary>When each step of a plan is predicted to run, one after the other.</summary>
/// <param name="Lane">Device, or "copies".</param>
/// <param name="Start">Seconds from the start of the inference.</param>
/// <param name="Seconds">Predicted length.</param>
/// <param name="Text">What the step is.</param>
internal sealed record TimelineStep(string Lane, double Start, double Seconds, string Text)
{
    public const string Copies = "copies";

    public static List<TimelineStep> Of(Plan plan)
    {
        var steps = new List<TimelineStep>();
        var now = 0.0;
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            var seconds = plan.Steps[i].Predicted.Seconds;
            steps.Add(new TimelineStep(plan.Steps[i] is CopyStep ? Copies : plan.DeviceName(i), now, seconds, $"{i}: {plan.DescribeStep(i)}"));
            now += seconds;
        }

        return steps;
    }
}
