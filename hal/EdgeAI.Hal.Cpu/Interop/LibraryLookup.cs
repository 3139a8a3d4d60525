using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>What the search for ONNX Runtime's library came to: the library, or why not and the places that were tried.</summary>
/// <param name="Library">Handle of the loaded library, or 0.</param>
/// <param name="Path">Where it was found.</param>
/// <param name="WhyNot">The reason when there is none, else null.</param>
/// <param name="Tried">Places that were tried, in order; the last one is where it was found.</param>
internal sealed record LibraryLookup(nint Library, string Path, string? WhyNot, ImmutableArray<string> Tried)
{
    /// <summary>Environment variable that names the library to use instead of the deployed one.</summary>
    public const string OverrideVariable = "EDGEAI_ONNXRUNTIME";

    private const string BothWays =
        "Get it by building with EdgeAIPackages=portable (npm on the path fetches onnxruntime-node) or EdgeAIPackages=nuget "
        + "(the feed has Microsoft.ML.OnnxRuntime), or name a library in " + OverrideVariable + ".";

    /// <summary>Searches the override, then the program's runtimes folder, its own folder and the system's library path.</summary>
    public static LibraryLookup Search() =>
        Search(Environment.GetEnvironmentVariable(OverrideVariable), AppContext.BaseDirectory,
            AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "");

    /// <summary>The same with the surroundings as parameters.</summary>
    public static LibraryLookup Search(string? overridePath, string baseDirectory, string nativeDirectories) =>
        string.IsNullOrWhiteSpace(overridePath)
            ? Load(Candidates(baseDirectory, nativeDirectories), "No ONNX Runtime library was found.")
            : Load([overridePath], $"{OverrideVariable} names a library that does not load.");

    private static LibraryLookup Load(IEnumerable<string> candidates, string whyNot)
    {
        var tried = ImmutableArray.CreateBuilder<string>();
        foreach (var candidate in candidates)
        {
            tried.Add(candidate);
            var isFile = System.IO.Path.IsPathRooted(candidate);
            if ((!isFile || File.Exists(candidate)) && NativeLibrary.TryLoad(candidate, out var library))
            {
                return new LibraryLookup(library, candidate, null, tried.ToImmutable());
            }
        }

        return new LibraryLookup(0, "", $"{whyNot} {BothWays}", tried.ToImmutable());
    }

    private static IEnumerable<string> Candidates(string baseDirectory, string nativeDirectories)
    {
        var names = FileNames();
        var runtimes = System.IO.Path.Combine(baseDirectory, "runtimes", PortableRid, "native");
        var more = nativeDirectories.Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return ((string[])[runtimes, baseDirectory, .. more])
            .SelectMany(folder => names.Select(name => System.IO.Path.Combine(folder, name)))
            .Concat(names)
            .Distinct();
    }

    private static string[] FileNames() =>
        OperatingSystem.IsWindows() ? ["onnxruntime.dll"]
        : OperatingSystem.IsMacOS() ? ["libonnxruntime.dylib"]
        : ["libonnxruntime.so", "libonnxruntime.so.1"];

    private static string PortableRid
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }
}
