using System.Collections.Concurrent;
using EdgeAI.Hal.Cpu;
using EdgeAI.Testing;

namespace EdgeAI.Conformance.Cases;

/// <summary>ONNX's backend cases through the whole pipeline, CPU only and with accelerators forced, held against manifest.txt.</summary>
public sealed class CaseTests
{
    private const int Workers = 2;

    [TestCase("cpu")]
    [TestCase("acc")]
    public void Cases_OnDeviceSet_ComeToWhatTheManifestSays(string set)
    {
        var results = Run(DeviceSet.All.Single(item => item.Name == set), [.. CaseArchive.Sets.SelectMany(CaseArchive.Cases)]);
        Report(set, results);
        var rows = Manifest.Rows.ToDictionary(row => row.Case);
        Assert.Multiple(() =>
        {
            Assert.That(results.Select(result => result.Case).Except(rows.Keys), Is.Empty, "cases that are new in the archives: add them to manifest.txt");
            Assert.That(rows.Keys.Except(results.Select(result => result.Case)), Is.Empty, "cases that are gone from the archives");
            foreach (var result in results.Where(result => rows.ContainsKey(result.Case)))
            {
                Check(result, rows[result.Case], set);
            }
        });
    }

    [Test]
    public void Manifest_CasesThatOnnxRuntimePasses_PassHere()
    {
        var rows = Manifest.Rows.Where(row => row.IsPass).Select(row => row.Case).ToHashSet();
        Assert.That(CaseArchive.NodeResults().Where(row => row.Value == "PASS").Select(row => $"node/{row.Key}").Where(name => !rows.Contains(name)), Is.Empty);
    }

    [Test]
    public void Manifest_Rows_AreSortedAndSayWhyTheyDoNotPass()
    {
        Assert.That(Manifest.Rows.Select(row => row.Case), Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        Assert.That(Manifest.Rows.Where(row => row.IsPass != (row.Skip.Length == 0)), Is.Empty, "a reason where a case does not pass, and only there");
        Assert.That(Manifest.Rows.Select(row => row.Skip).Where(reason => reason.Length > 0).Distinct(), Is.EquivalentTo(Manifest.Reasons.Keys), "reasons that skips.txt explains");
    }

    private static void Check(CaseResult result, ManifestRow row, string set)
    {
        var mayPass = row.DependsOnMachine && result.Outcome == CaseOutcome.Pass;
        Assert.That(result.Outcome, Is.EqualTo(mayPass ? CaseOutcome.Pass : row.On(set)), $"{result.Case}: {result.Reason}");
        if (set == DeviceSet.Accelerated.Name)
        {
            Assert.That(result.Accelerators.Split(' '), Is.SupersetOf(row.Accelerators.Split(' ', StringSplitOptions.RemoveEmptyEntries)), $"{result.Case}: accelerators that run something");
        }
    }

    private static List<CaseResult> Run(DeviceSet set, IReadOnlyList<ConformanceCase> cases)
    {
        var results = new ConcurrentBag<CaseResult>();
        Parallel.ForEach(Partitioner.Create(cases, EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = Workers },
            () => set.Create(new CpuOptions { Threads = 1 }),
            (item, _, runtime) =>
            {
                results.Add(CaseRun.Run(item, runtime));
                return runtime;
            },
            runtime => runtime.Dispose());
        return [.. results.OrderBy(result => result.Case, StringComparer.Ordinal)];
    }

    /// <summary>Counts for people, and what each case came to, to be looked at when manifest.txt has to change.</summary>
    private static void Report(string set, List<CaseResult> results)
    {
        foreach (var group in results.GroupBy(result => result.Case.Split('/')[0]))
        {
            TestContext.Out.WriteLine($"{set}: {group.Key}: {group.Count()} cases: {string.Join(", ", group.CountBy(result => result.Outcome).OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} {pair.Key}"))}; "
                + $"{group.Count(result => result.Accelerators.Length > 0)} run on an accelerator");
        }

        Attach($"cases-{set}.tsv", results.Select(result => $"{result.Case}\t{result.Outcome}\t{result.Accelerators}\t{result.Reason}"));
    }

    private static void Attach(string name, IEnumerable<string> lines)
    {
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, name);
        File.WriteAllLines(file, lines);
        TestContext.AddTestAttachment(file);
    }
}
