using EdgeAI.Hal;

namespace EdgeAI.Runtime;

/// <summary>A bundle is whole, but it was made for something else than what is here; the message says what differs and what to do.</summary>
public sealed class StaleBundleException(string message) : EdgeException(message);
