using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI;

/// <summary>A folder of bundles. What is in it is never trusted, and never a reason for loading to fail: what cannot be used is compiled again.</summary>
internal sealed class PlanCache(string folder, EdgeRuntime runtime, string path, LoadOptions options, PlanKeys keys)
{
    private string? _refused;

    /// <summary>The bundle for these shapes; null where there is none that can be used.</summary>
    public PlanBundle? Find(string label)
    {
        var file = PathOf(label);
        try
        {
            var bundle = PlanBundle.Open(file);
            if (bundle.Key.Difference(keys.Expected(label, bundle.Key)) is { } difference)
            {
                throw new StaleBundleException(difference);
            }

            BundleVerifier.Verify(bundle.Plan, runtime, options);
            return bundle;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is ExecutableFormatException or StaleBundleException or IOException or UnauthorizedAccessException)
        {
            _refused = $"'{Path.GetFileName(file)}' in the cache was not used: {error.Message}; compiled again";
            return null;
        }
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

    private string PathOf(string label) => Path.Combine(folder, keys.FileName(label));

    private static Plan Note(Plan plan, string note) => plan with { Report = plan.Report with { Notes = plan.Report.Notes.Add(note) } };
}
