using EdgeAI.Hal;

namespace EdgeAI.Runtime;

/// <summary>A plan does not hold what was required of it; the message lists each difference and the operators that are why.</summary>
public sealed class PlanRequirementException(string message) : EdgeException(message);
