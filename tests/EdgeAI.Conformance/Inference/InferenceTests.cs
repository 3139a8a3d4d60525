using System.Collections.Concurrent;
using System.Globalization;
using EdgeAI.Conformance.Cases;
using EdgeAI.Conformance.Models;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;

namespace EdgeAI.Conformance.Inference;

/// <summary>
/// Inference against reality: ONNX Runtime gives every value of a model, and nothing that was inferred may contradict it, neither with
/// the inputs' shapes given nor with names in the place of their extents. Declared types of values are taken away before.
/// </summary>
public sealed class InferenceTests
{
    private const int Workers = 2;

    /// <summary>A model with what it is fed.</summary>
    private sealed record Subject(string Name, string Path, IReadOnlyDictionary<string, EdgeTensor> Feeds);

    /// <summary>What was found for a model, with the extents of its inputs bound, by the file's names, and all of them open.</summary>
    private sealed record Finding(string Name, InferenceCheck Bound, InferenceCheck Named, InferenceCheck Open);

    private static IEnumerable<string> Sets() => CaseArchive.Sets.Prepend("models");

    [TestCaseSource(nameof(Sets))]
    public void InferredTypes_OfEveryValue_AreWhatTheRunGives(string set)
    {
        var findings = new ConcurrentBag<Finding>();
        var notRun = new ConcurrentBag<string>();
        Parallel.ForEach(Partitioner.Create(Subjects(set), EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = Workers }, subject =>
        {
            try
            {
                findings.Add(Find(subject, ObservedTypes.Of(subject.Path, subject.Feeds)));
            }
            catch (EdgeException error) when (error is not ModelFormatException)
            {
                notRun.Add($"{subject.Name}: {error.Message.Split('\n')[0]}");
            }
        });
        Report(set, [.. findings], notRun);
        Assert.Multiple(() =>
        {
            foreach (var finding in findings.OrderBy(finding => finding.Name, StringComparer.Ordinal))
            {
                Assert.That(finding.Bound.Contradictions, Is.Empty, $"{finding.Name}, input shapes given");
                Assert.That(finding.Named.Contradictions, Is.Empty, $"{finding.Name}, the file's names for extents");
                Assert.That(finding.Open.Contradictions, Is.Empty, $"{finding.Name}, a name for every extent of the inputs");
            }
        });
        CheckKnown(set, [.. findings], notRun.Count);
    }

    private static IEnumerable<Subject> Subjects(string set)
    {
        if (set == "models")
        {
            return SharedModel.Names().Select(name => SharedModel.Of(name)).Select(model => new Subject(model.Name, model.Path, model.FeedsByName));
        }

        return CaseArchive.Cases(set).Select(item => (item, Data: item.DataSets().First()))
            .Where(pair => pair.Data.Inputs.All(input => input is not null))
            .Select(pair => new Subject(pair.item.Name, pair.item.ModelPath, Names(pair.item.ModelPath).Zip(pair.Data.Inputs, (name, value) => (name, value)).ToDictionary(feed => feed.name, feed => CaseRun.TensorOf(feed.value!))));
    }

    private static IEnumerable<string> Names(string path) => OnnxReader.Read(path).Graph.Inputs.Where(input => input.Constant is null).Select(input => input.Name);

    private static Finding Find(Subject subject, IReadOnlyDictionary<string, OnnxValue> observed)
    {
        var bound = OnnxReader.Read(subject.Path);
        var tensors = bound.Graph.Inputs.Where(input => input.Type is TensorType or null && subject.Feeds.ContainsKey(input.Name));
        ShapeInference.BindInputShapes(bound, tensors.ToDictionary(input => input.Name, input => subject.Feeds[input.Name].Shape));
        return new(subject.Name, Infer(bound, [], observed), Infer(subject, isOpen: false, observed), Infer(subject, isOpen: true, observed));
    }

    /// <summary>With names for the extents that the file leaves open, or for all.</summary>
    private static InferenceCheck Infer(Subject subject, bool isOpen, IReadOnlyDictionary<string, OnnxValue> observed)
    {
        var model = OnnxReader.Read(subject.Path);
        var extents = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var input in model.Graph.Inputs.Where(input => input.Type is TensorType && input.Constant is null))
        {
            var fed = subject.Feeds[input.Name].Shape;
            var shape = input.Shape.HasRank ? input.Shape : new Shape([.. fed.Select(_ => Dimension.Unknown)]);
            input.Type = new TensorType(input.Element, new Shape([.. shape.Select((extent, axis) => extent.IsKnown && !isOpen ? extent : extent.Symbol is not null ? extent : Dimension.Named($"{input.Name.Replace(' ', '_')}.{axis}"))]));
            foreach (var (extent, value) in input.Shape.Zip(fed).Where(pair => pair.First.Symbol is not null))
            {
                extents[extent.Symbol!] = value.Value;
            }
        }

        return Infer(model, extents, observed);
    }

    private static InferenceCheck Infer(Model model, Dictionary<string, long> extents, IReadOnlyDictionary<string, OnnxValue> observed)
    {
        foreach (var value in ShapeInference.Graphs(model.Graph).SelectMany(graph => graph.Values.Values).Where(value => value.Producer is not null))
        {
            value.Type = null;
        }

        var check = new InferenceCheck(extents);
        try
        {
            ShapeInference.Infer(model);
            check.Compare(model, observed);
        }
        catch (ModelFormatException error)
        {
            check.Contradictions.Add($"refused: {error.Message}");
        }

        return check;
    }

    private static string Share(IEnumerable<InferenceCheck> checks)
    {
        var (known, total) = checks.Aggregate((Known: 0, Total: 0), (sum, check) => (sum.Known + check.Known, sum.Total + check.Total));
        return string.Create(CultureInfo.InvariantCulture, $"{known}/{total}");
    }

    private static void Report(string set, List<Finding> findings, ConcurrentBag<string> notRun)
    {
        TestContext.Out.WriteLine($"{set}: {findings.Count} models; wholly known of all values: bound {Share(findings.Select(f => f.Bound))}, the file's names {Share(findings.Select(f => f.Named))}, all open {Share(findings.Select(f => f.Open))}; {notRun.Count} not run");
        foreach (var finding in findings.Where(f => f.Bound.Known < f.Bound.Total).OrderBy(f => f.Bound.Known - f.Bound.Total).ThenBy(f => f.Name, StringComparer.Ordinal))
        {
            TestContext.Out.WriteLine($"  {finding.Name}: {finding.Bound.Known}/{finding.Bound.Total} bound: {string.Join("; ", finding.Bound.Unknown.Take(12))}");
        }

        foreach (var line in notRun.Order(StringComparer.Ordinal))
        {
            TestContext.Out.WriteLine($"  not run: {line}");
        }
    }

    /// <summary>inference.txt says how many values are known at least and how many models are not compared, so that a loss is seen.</summary>
    private static void CheckKnown(string set, List<Finding> findings, int notRun)
    {
        int[] least = [.. TextTable.Read("inference.txt").Single(cells => cells[0] == set).Skip(1).Select(cell => int.Parse(cell.Split('/')[0], CultureInfo.InvariantCulture))];
        Assert.Multiple(() =>
        {
            Assert.That(findings.Sum(f => f.Bound.Known), Is.GreaterThanOrEqualTo(least[0]), "known with the inputs' shapes given");
            Assert.That(findings.Sum(f => f.Named.Known), Is.GreaterThanOrEqualTo(least[1]), "known with the file's names for extents");
            Assert.That(findings.Sum(f => f.Open.Known), Is.GreaterThanOrEqualTo(least[2]), "known with a name for every extent of the inputs");
            Assert.That(notRun, Is.LessThanOrEqualTo(least[3]), "models that ONNX Runtime refuses, which are compared with nothing");
        });
    }
}
