using EdgeAI.Hal;

namespace EdgeAI.Compiler;

/// <summary>Some operator runs nowhere, or the plan would take more memory than is allowed; the message says which and why.</summary>
public sealed class PlacementFailedException(string message, Exception? inner = null) : EdgeException(message, inner);
