using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>
/// ONNX Runtime in this process: its table of functions, the one environment and what everything shares. Loaded once, by
/// the first who asks, and never unloaded (its threads and statics do not survive that).
/// </summary>
internal sealed unsafe class OnnxRuntimeLibrary
{
    private const int DeviceAllocator = 0;
    private const int DefaultMemory = 0;

    private static readonly Lock Gate = new();
    private static OnnxRuntimeLibrary? _loaded;

    private OnnxRuntimeLibrary(OrtApi api, uint apiVersion, string version, string path)
    {
        (Api, ApiVersion, Version, Path) = (api, apiVersion, version, path);
        fixed (byte* name = "EdgeAI"u8)
        {
            nint item;
            Check(api.CreateEnv(OrtLogSeverity.Fatal, name, &item));
            Environment = item;
            Check(api.CreateCpuMemoryInfo(DeviceAllocator, DefaultMemory, &item));
            HostMemory = item;
            Check(api.Create(OrtSlot.GetAllocatorWithDefaultOptions, &item));
            Allocator = item;
        }
    }

    public OrtApi Api { get; }

    /// <summary>Version of the table that the library gave.</summary>
    public uint ApiVersion { get; }

    /// <summary>The library's own version: "1.30.0".</summary>
    public string Version { get; }

    /// <summary>File that it was loaded from.</summary>
    public string Path { get; }

    /// <summary>OrtEnv. Errors are told by exceptions, so it logs only what is fatal.</summary>
    public nint Environment { get; }

    /// <summary>OrtMemoryInfo of ordinary host memory.</summary>
    public nint HostMemory { get; }

    /// <summary>The default OrtAllocator; not to be released.</summary>
    public nint Allocator { get; }

    /// <summary>Loads the library, or says why that cannot be and what was tried.</summary>
    public static OnnxRuntimeLibrary? TryLoad(out string whyNot, out ImmutableArray<string> tried)
    {
        lock (Gate)
        {
            (whyNot, tried) = ("", []);
            if (_loaded is null)
            {
                var lookup = LibraryLookup.Search();
                (_loaded, whyNot, tried) = (Open(lookup, out var problem), problem, lookup.Tried);
            }

            return _loaded;
        }
    }

    /// <summary>Takes the table of functions from a library that was found; null with the reason where that fails.</summary>
    public static OnnxRuntimeLibrary? Open(LibraryLookup lookup, out string whyNot)
    {
        whyNot = lookup.WhyNot ?? "";
        if (lookup.Library == 0)
            return null;
        if (!NativeLibrary.TryGetExport(lookup.Library, "OrtGetApiBase", out var export))
        {
            whyNot = $"{lookup.Path} is not ONNX Runtime: it exports no OrtGetApiBase.";
            return null;
        }

        var apiBase = ((delegate* unmanaged<void**>)export)();
        var version = NativeText.Read(((delegate* unmanaged<byte*>)apiBase[1])());
        var table = NewestTable(apiBase, version, out var apiVersion);
        if (table is null)
        {
            whyNot = $"{lookup.Path} is ONNX Runtime {version}; version 1.{OrtSlot.OldestVersion} or newer is needed.";
            return null;
        }

        try
        {
            return new OnnxRuntimeLibrary(new OrtApi(table), apiVersion, version, lookup.Path);
        }
        catch (OrtException error)
        {
            whyNot = $"{lookup.Path} is ONNX Runtime {version}, but it does not start: {error.Message}";
            return null;
        }
    }

    /// <summary>Turns a status into an exception and releases it; 0 means success.</summary>
    public void Check(nint status)
    {
        if (status != 0)
            throw Take(status);
    }

    /// <summary>Reads and releases a status other than 0.</summary>
    public OrtException Take(nint status)
    {
        var error = new OrtException((OrtErrorCode)Api.GetErrorCode(status), NativeText.Read(Api.GetErrorMessage(status)));
        Api.Release(OrtSlot.ReleaseStatus, status);
        return error;
    }

    // The API's version is the minor one. An unknown version prints a line to stderr, so the first question is the library's own.
    private static void** NewestTable(void** apiBase, string version, out uint apiVersion)
    {
        var parts = version.Split('.');
        var own = parts.Length > 1 && uint.TryParse(parts[1], out var minor) ? minor : OrtSlot.NewestVersion;
        for (apiVersion = Math.Min(own, OrtSlot.NewestVersion); apiVersion >= OrtSlot.OldestVersion; apiVersion--)
        {
            var table = ((delegate* unmanaged<uint, void**>)apiBase[0])(apiVersion);
            if (table is not null)
                return table;
        }

        return null;
    }
}
