using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace EdgeAI.Runtime.Telemetry;

/// <summary>Names under which runs are seen by tracing and metrics tools.</summary>
internal static class RuntimeTelemetry
{
    public static readonly ActivitySource Source = new("EdgeAI.Runtime");

    private static readonly Meter Meter = new("EdgeAI.Runtime");

    public static readonly Histogram<double> RunSeconds = Meter.CreateHistogram<double>("edgeai.run.duration", "s", "Wall time of an inference");

    public static readonly Histogram<double> StepSeconds = Meter.CreateHistogram<double>("edgeai.step.duration", "s", "Wall time of a plan's step");
}
