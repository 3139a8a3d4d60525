using System.Collections.Immutable;

namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>What a session is made with, in ONNX Runtime's terms.</summary>
/// <param name="IntraOpThreads">Threads of one operator, the calling one included.</param>
/// <param name="OptimizationLevel">GraphOptimizationLevel: 0, 1, 2, 3 or 99.</param>
/// <param name="Entries">Configuration entries, key and value.</param>
/// <param name="ProfilePrefix">Where a profile is written, or null for none.</param>
internal sealed record OrtSessionSettings(
    int IntraOpThreads,
    int OptimizationLevel,
    ImmutableArray<KeyValuePair<string, string>> Entries,
    string? ProfilePrefix = null)
{
    /// <summary>Makes the native options.</summary>
    public unsafe SessionOptionsHandle CreateOptions(OnnxRuntimeLibrary library)
    {
        nint item;
        library.Check(library.Api.Create(OrtSlot.CreateSessionOptions, &item));
        var options = new SessionOptionsHandle(library.Api, item);
        try
        {
            library.Check(library.Api.SetOption(OrtSlot.SetIntraOpNumThreads, item, IntraOpThreads));
            library.Check(library.Api.SetOption(OrtSlot.SetSessionGraphOptimizationLevel, item, OptimizationLevel));
            library.Check(library.Api.SetOption(OrtSlot.SetSessionLogSeverityLevel, item, (int)OrtLogSeverity.Fatal));
            foreach (var (key, value) in Entries)
                AddEntry(library, item, key, value);
            if (ProfilePrefix is not null)
                EnableProfiling(library, item, ProfilePrefix);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    private static unsafe void AddEntry(OnnxRuntimeLibrary library, nint options, string key, string value)
    {
        using var keyText = new NativeText(key);
        using var valueText = new NativeText(value);
        library.Check(library.Api.AddSessionConfigEntry(options, keyText.Pointer, valueText.Pointer));
    }

    private static unsafe void EnableProfiling(OnnxRuntimeLibrary library, nint options, string prefix)
    {
        using var path = NativeText.OfPath(prefix);
        library.Check(library.Api.EnableProfiling(options, path.Pointer));
    }
}
