namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>A status other than success, in ONNX Runtime's own words. Never leaves this project: the device turns it into an <see cref="EdgeException"/>.</summary>
internal sealed class OrtException(OrtErrorCode code, string message) : Exception(message)
{
    public OrtErrorCode Code { get; } = code;

    /// <summary>True when the message speaks of memory that could not be had; ONNX Runtime has no code for it.</summary>
    public bool IsOutOfMemory =>
        Message.Contains("bad_alloc", StringComparison.Ordinal)
        || Message.Contains("Failed to allocate memory", StringComparison.Ordinal)
        || Message.Contains("Available memory of", StringComparison.Ordinal);

    public override string ToString() => $"{Code}: {Message}";
}
