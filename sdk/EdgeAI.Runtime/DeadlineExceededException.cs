using EdgeAI.Hal;

namespace EdgeAI.Runtime;

/// <summary>A run did not end within the time that it was given; the message names the step that it had reached. The model can be used again.</summary>
public sealed class DeadlineExceededException(string message, FaultPlace place, TimeSpan deadline, Exception? inner = null) : EdgeException(message, inner)
{
    /// <summary>The step that was being done, or would have been next.</summary>
    public FaultPlace Place => place;

    /// <summary>The time that the run was given, on its clock.</summary>
    public TimeSpan Deadline => deadline;
}
