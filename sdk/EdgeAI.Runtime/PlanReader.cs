using EdgeAI.Hal;
using EdgeAI.Runtime.Serialization;

namespace EdgeAI.Runtime;

/// <summary>Reads plans. They are untrusted: every length, index and range is checked.</summary>
public static class PlanReader
{
    /// <summary>Reads a plan; its executables are slices of <paramref name="bytes"/>.</summary>
    /// <exception cref="ExecutableFormatException">The bytes are not a plan, or one that does not fit together.</exception>
    public static Plan Read(ReadOnlyMemory<byte> bytes)
    {
        var (header, blobs) = PlanContainer.Split(bytes);
        try
        {
            var plan = new PlanHeaderReader(blobs).Read(header);
            plan.Validate();
            return plan;
        }
        catch (Exception error) when (IsFormatError(error))
        {
            throw new ExecutableFormatException($"Plan: its header is not valid: {error.Message}", error);
        }
    }

    /// <summary>What the framework's JSON reader and our records throw at wrong content.</summary>
    internal static bool IsFormatError(Exception error) => error is System.Text.Json.JsonException or InvalidOperationException or FormatException
        or KeyNotFoundException or OverflowException or ArgumentException or IndexOutOfRangeException;
}
