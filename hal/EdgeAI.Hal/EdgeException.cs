using System.Collections.Immutable;

namespace EdgeAI.Hal;

/// <summary>Base of every error that EdgeAI reports on purpose. The message names the thing, the place, what was found and what was expected.</summary>
public abstract class EdgeException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A device, library or board that was asked for is not here; the message lists what was tried and how to get it.</summary>
public sealed class DeviceUnavailableException(string message, Exception? inner = null) : EdgeException(message, inner);

/// <summary>Where in a plan an error came up.</summary>
/// <param name="Device">Id of the device, "from→to" for a copy.</param>
/// <param name="Step">Index of the plan's step.</param>
/// <param name="Nodes">Names of the graph nodes that the step runs; empty for a copy.</param>
public sealed record FaultPlace(string Device, int Step, ImmutableArray<string> Nodes);

/// <summary>A run ended with an error that the device reported; the device itself can be used again.</summary>
public sealed class DeviceFaultException(string message, Exception? inner = null) : EdgeException(message, inner)
{
    /// <summary>The step, where the error came up in a plan's run.</summary>
    public FaultPlace? Place { get; init; }
}

/// <summary>The device does not answer any more, not even after a reset. Loaded executables and buffers on it are gone.</summary>
public sealed class DeviceLostException(string message, Exception? inner = null) : EdgeException(message, inner)
{
    /// <summary>The step, where the loss came up in a plan's run.</summary>
    public FaultPlace? Place { get; init; }
}

/// <summary>The device has no room for a buffer or an executable.</summary>
public sealed class DeviceMemoryException(string message, Exception? inner = null) : EdgeException(message, inner)
{
    /// <summary>The step, where memory ran out in a plan's run.</summary>
    public FaultPlace? Place { get; init; }
}

/// <summary>The bytes of an executable, plan, stream or image are not what they claim to be.</summary>
public sealed class ExecutableFormatException(string message, Exception? inner = null) : EdgeException(message, inner);

/// <summary>A tensor that was handed over does not fit what is declared: name, type, shape or size.</summary>
public sealed class TensorMismatchException(string message) : EdgeException(message);
