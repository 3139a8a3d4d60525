namespace EdgeAI.Runtime.Telemetry;

/// <summary>Tags of a plan's steps, made once.</summary>
internal sealed class StepLabels(Plan plan)
{
    private readonly KeyValuePair<string, object?>[] _devices = [.. plan.Steps.Select((_, step) => new KeyValuePair<string, object?>("edgeai.device", plan.DeviceName(step)))];
    private readonly string[] _names = [.. plan.Steps.Select(step => PlanText.Describe(plan, step))];

    public KeyValuePair<string, object?> Model { get; } = new("edgeai.model", plan.Model);

    public KeyValuePair<string, object?> Device(int step) => _devices[step];

    public string What(int step) => _names[step];
}
