using System.Collections.Concurrent;
using EdgeAI.Hal.Cpu;
using EdgeAI.Testing;

namespace EdgeAI.Conformance.Nodes;

/// <summary>ONNX's node cases on each device set: what ONNX Runtime passes passes here too, or skips.txt says why not.</summary>
public sealed class NodeTests
{
    private const int Workers = 2;

    [TestCase("cpu")]
    [TestCase("acc")]
    public void NodeCases_OnDeviceSet_PassWhatOnnxRuntimePasses(string set)
    {
        var results = RunAll(DeviceSet.All.Single(item => item.Name == set));
        var reference = NodeArchive.Results();
        var skips = SkipTable.For(set);
        Report(set, results, reference, skips);
        Assert.Multiple(() =>
        {
            foreach (var result in results)
            {
                Assert.That(result.Outcome, Is.Not.EqualTo(NodeOutcome.Broken), $"{result.Case}: {result.Reason}");
                if (skips.ContainsKey(result.Case))
                {
                    Assert.That(result.Outcome, Is.Not.EqualTo(NodeOutcome.Pass), $"{result.Case} passes: take it out of skips.txt");
                }
                else if (reference.GetValueOrDefault(result.Case) == "PASS")
                {
                    Assert.That(result.Outcome, Is.EqualTo(NodeOutcome.Pass), $"{result.Case}: {result.Reason}");
                }
            }

            Assert.That(skips.Keys, Is.SubsetOf(results.Select(result => result.Case)), "skips.txt names cases that there are");
        });
    }

    [Test]
    public void NodeCases_InCasesTable_RunOnTheirDevices()
    {
        var rows = TextTable.Read("cases.txt").ToDictionary(cells => cells[0], cells => cells[1]);
        var chosen = NodeArchive.Cases().Where(folder => rows.ContainsKey(Path.GetFileName(folder))).ToList();
        Assert.That(chosen, Has.Count.EqualTo(rows.Count), "cases.txt names cases that there are");
        var results = Run(DeviceSet.Accelerated, chosen);
        var lost = results.Where(result => !rows[result.Case].Split(' ').All(result.Devices.Contains));
        Assert.That(lost.Select(result => $"{result.Case} ran on {string.Join(' ', result.Devices)}; expected {rows[result.Case]}; {result.Reason}"), Is.Empty);
    }

    private static List<NodeResult> RunAll(DeviceSet set) => Run(set, NodeArchive.Cases());

    private static List<NodeResult> Run(DeviceSet set, IReadOnlyList<string> folders)
    {
        var results = new ConcurrentBag<NodeResult>();
        Parallel.ForEach(Partitioner.Create(folders, EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = Workers },
            () => set.Create(new CpuOptions { Threads = 1 }),
            (folder, _, runtime) =>
            {
                results.Add(new NodeCase(folder).Run(runtime));
                return runtime;
            },
            runtime => runtime.Dispose());
        return [.. results.OrderBy(result => result.Case, StringComparer.Ordinal)];
    }

    private static string Accelerators(NodeResult result) => string.Join(' ', result.Devices.Where(device => device != "cpu"));

    private static void Report(string set, List<NodeResult> results, IReadOnlyDictionary<string, string> reference, IReadOnlyDictionary<string, string> skips)
    {
        var text = TestContext.Out;
        text.WriteLine($"{set}: {results.Count} node cases: {string.Join(", ", results.GroupBy(result => result.Outcome).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key}"))}");
        text.WriteLine($"  of {reference.Count(row => row.Value == "PASS")} that ONNX Runtime passes: {results.Count(result => result.Outcome == NodeOutcome.Pass && reference.GetValueOrDefault(result.Case) == "PASS")} pass, {skips.Count} are skipped with a reason");
        text.WriteLine($"  of those that it does not pass or was not fed: {results.Count(result => result.Outcome == NodeOutcome.Pass && reference.GetValueOrDefault(result.Case) != "PASS")} pass");
        foreach (var group in results.GroupBy(Accelerators).Where(group => group.Key.Length > 0))
        {
            text.WriteLine($"  {group.Count()} ran on {group.Key}, {group.Count(result => result.Outcome == NodeOutcome.Pass)} of them passed");
        }

        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"node-results-{set}.tsv");
        File.WriteAllLines(file, results.Select(result => $"{result.Case}\t{result.Outcome}\t{reference.GetValueOrDefault(result.Case)}\t{Accelerators(result)}\t{result.Reason}"));
        TestContext.AddTestAttachment(file);
    }
}
