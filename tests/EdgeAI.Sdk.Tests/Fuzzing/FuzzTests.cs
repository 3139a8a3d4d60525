using System.Globalization;
using EdgeAI.Testing.Fuzzing;

namespace EdgeAI.Sdk.Tests.Fuzzing;

/// <summary>
/// A short campaign of the fuzzer, in processes of its own that may die. EDGEAI_FUZZ_SECONDS says how long (CI: two minutes),
/// EDGEAI_FUZZ_SEED with which seed (else the date). Hours on demand: tests/EdgeAI.Benchmarks, verb fuzz.
/// </summary>
public sealed class FuzzTests
{
    private const int DefaultSeconds = 8, DeepEvery = 50;

    [Test]
    public void Models_Mutated_AreModelsOrTypedErrors()
    {
        var seed = Setting("EDGEAI_FUZZ_SEED", int.Parse(DateTime.UtcNow.ToString("yyyyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
        var seconds = Setting("EDGEAI_FUZZ_SECONDS", DefaultSeconds);
        var folder = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"fuzz-{seed}-{Guid.NewGuid():N}");
        var plan = new FuzzPlan(seed, long.MaxValue / 4, Math.Min(2, Environment.ProcessorCount), folder, DeepEvery, TimeSpan.FromSeconds(seconds));
        var summary = new FuzzCampaign(plan, Path.Combine(AppContext.BaseDirectory, "EdgeAI.Benchmarks.dll")).Run();
        TestContext.Out.WriteLine(summary);
        Assert.That(summary.Findings, Is.Empty, $"inputs are in {folder}; repeat with EDGEAI_FUZZ_SEED={seed}");
        Assert.That(summary.FindingCount, Is.Zero, $"findings that are counted; {folder}");
        Assert.That(summary.Total(FuzzResult.Passed), Is.Positive, "some mutants are models still");
        Assert.That(summary.Total(FuzzResult.Refused), Is.Positive, "some mutants are refused");
        Directory.Delete(folder, recursive: true);
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
