using EdgeAI.Hal;

namespace EdgeAI.Compiler;

/// <summary>Some operator runs nowhere, or what was required of the plan does not hold; the message says which and why.</summary>
public sealed class PlacementFailedException(string message, Exception? inner = null) : EdgeException(message, inner);
