using System.Collections.Concurrent;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI;

/// <summary>A folder of bundles. What is in it is never trusted, and never a reason for loading to fail: what cannot be used is compiled again.</summary>
internal sealed class PlanCache(string folder, EdgeRuntime runtime, string path, LoadOptions options, PlanKeys keys)
{
    /// <summary>For which shapes a bundle was found here, and whether it may be used again.</summary>
    private readonly ConcurrentDictionary<string, bool> _found = new(StringComparer.Ordinal);
    private string? _refused;

    /// <summary>The bundle for these shapes; null where there is none that can be used.</summary>
    public PlanBundle? Find(string label)
    {
        var file = PathOf(label);
        if (_found.TryGetValue(label, out var isTrusted) && !isTrusted)
        {
            return null;
        }

        try
        {
            var bundle = PlanBundle.Open(file);
            if (bundle.Key.Difference(keys.Expected(label, bundle.Key)) is { } difference)
            {
                throw new StaleBundleException(difference);
            }

            BundlePlanSource.Check(runtime, bundle, options);
            return _found.TryAdd(label, true) || _found[label] ? bundle : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is ExecutableFormatException or StaleBundleException or DeviceUnavailableException or ModelFormatException or IOException or UnauthorizedAccessException)
        {
            Refuse(label, error.Message);
            return null;
        }
    }

    /// <summary>A device refused what was found for these shapes: it is not found any more. False where nothing was found.</summary>
    public bool Distrust(string label, string problem)
    {
        var wasUsed = _found.TryUpdate(label, false, true);
        if (wasUsed)
        {
            Refuse(label, problem);
        }

        return wasUsed;
    }

    /// <summary>Keeps a plan; returns it with notes on what was refused before or could not be written.</summary>
    public Plan Store(string label, Plan plan, Func<Plan, PlanBundle> bundle)
    {
        var noted = Interlocked.Exchange(ref _refused, null) is { } refused ? Note(plan, refused + " and replaced") : plan;
        try
        {
            Directory.CreateDirectory(folder);
            bundle(plan).Save(PathOf(label));
            return noted;
        }
        catch (Exception error) when (error is ExecutableFormatException or IOException or UnauthorizedAccessException)
        {
            return Note(noted, $"the plan of '{path}' could not be kept in the cache: {error.Message}");
        }
    }

    private void Refuse(string label, string problem) => _refused = $"'{Path.GetFileName(PathOf(label))}' in the cache was not used: {problem}; compiled again";

    private string PathOf(string label) => Path.Combine(folder, keys.FileName(label));

    private static Plan Note(Plan plan, string note) => plan with { Report = plan.Report with { Notes = plan.Report.Notes.Add(note) } };
}
