using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Runtime.Execution;

/// <summary>Device errors with the step that they came up in.</summary>
internal static class StepFailure
{
    /// <summary>True for an error that a device reports of itself.</summary>
    public static bool Concerns(Exception error) => error is DeviceFaultException or DeviceLostException or DeviceMemoryException;

    /// <summary>The same error, naming step, device and nodes.</summary>
    public static Exception At(Plan plan, int step, Exception error)
    {
        var (message, place) = ($"{Name(plan, step)}: {error.Message}", Place(plan, step));
        return error switch
        {
            DeviceFaultException => new DeviceFaultException(message, error) { Place = place },
            DeviceLostException => new DeviceLostException(message, error) { Place = place },
            _ => new DeviceMemoryException(message, error) { Place = place },
        };
    }

    /// <summary>"Step 3 on npu (conv1 … relu7 (12 nodes))".</summary>
    public static string Name(Plan plan, int step) => $"Step {step} on {plan.DeviceName(step)} ({PlanText.Describe(plan, plan.Steps[step])})";

    public static FaultPlace Place(Plan plan, int step) =>
        new(plan.DeviceName(step), step, plan.Steps[step] is RunStep run ? plan.Executables[run.Executable].Nodes : ImmutableArray<string>.Empty);
}
