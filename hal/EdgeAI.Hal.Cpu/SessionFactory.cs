using System.Collections.Immutable;
using EdgeAI.Hal.Cpu.Interop;

namespace EdgeAI.Hal.Cpu;

/// <summary>From an executable and the device's options to a session.</summary>
internal static class SessionFactory
{
    /// <exception cref="ExecutableFormatException">Not an executable for this device, or ONNX Runtime refuses the model.</exception>
    /// <exception cref="DeviceMemoryException">There is no room for the model.</exception>
    public static OrtSession Create(OnnxRuntimeLibrary library, Executable executable, CpuOptions options, string? profilePrefix = null)
    {
        Check(executable);
        var settings = Settings(options, profilePrefix);
        try
        {
            return executable.Constants.IsDefaultOrEmpty
                ? OrtSession.Create(library, executable.Code.Span, settings)
                : OrtSession.Create(library, executable.Code.Span, settings,
                    [.. executable.Constants.Select(constant => new PinnedConstant(constant.Name, constant.Data))]);
        }
        catch (OrtException error) when (error.IsOutOfMemory)
        {
            throw new DeviceMemoryException($"Device 'cpu' has no room for a model of {executable.Code.Length} bytes: {error.Message}");
        }
        catch (OrtException error)
        {
            throw new ExecutableFormatException(
                $"Device 'cpu': ONNX Runtime {library.Version} refuses a model of {executable.Code.Length} bytes ({error.Code}): {error.Message}", error);
        }
    }

    private static void Check(Executable executable)
    {
        if (executable.Format != CpuDevice.Format)
            throw new ExecutableFormatException($"Device 'cpu' loads executables of format '{CpuDevice.Format}', not '{executable.Format}'.");
        if (executable.Code.IsEmpty)
            throw new ExecutableFormatException("Device 'cpu': the executable's code is empty; an ONNX model was expected.");
        if (executable.Constants.IsDefaultOrEmpty)
            return;
        var names = new HashSet<string>();
        foreach (var constant in executable.Constants)
        {
            if (!names.Add(constant.Name))
                throw new ExecutableFormatException($"Device 'cpu': two constants are named '{constant.Name}'; names are unique in an executable.");
        }
    }

    private static OrtSessionSettings Settings(CpuOptions options, string? profilePrefix)
    {
        var exact = options.ExactInt8Products ?? !ProcessorFeatures.HasExactInt8Products;
        var entries = ImmutableDictionary<string, string>.Empty
            .SetItem("session.intra_op.allow_spinning", options.Spinning ? "1" : "0")
            .SetItem("session.inter_op.allow_spinning", options.Spinning ? "1" : "0")
            .SetItem("session.x64quantprecision", exact ? "1" : "0")
            .SetItems(options.SessionEntries);
        return new OrtSessionSettings(options.Threads, (int)options.Optimization, [.. entries], profilePrefix);
    }
}
