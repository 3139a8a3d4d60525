using System.Collections.Concurrent;
using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;
using EdgeAI.Testing;

namespace EdgeAI.Conformance.Models;

/// <summary>A shared model with its inputs and the oracle's answer, which is asked for once per model.</summary>
internal sealed class SharedModel
{
    private static readonly ConcurrentDictionary<string, Lazy<SharedModel>> Known = new();

    // ONNX Runtime reads no file of format version 1 (ONNXRUNTIME.md; EdgeAI.Hal.Tests shows its refusal).
    private const string TooOld = "misc/super_resolution_ir1_pytorch02.onnx";

    private SharedModel(string name)
    {
        Name = name;
        Path = SharedData.Path("models", name);
        var graph = OnnxReader.Read(Path).Graph;
        Inputs = [.. graph.Inputs.Where(input => input.Constant is null).Select(input => new TensorSpec(input.Name, input.Element, input.Shape))];
        OutputNames = [.. graph.Outputs.Select(output => output.Name)];
        Feeds = ModelFeeds.For(name, Inputs);
        FeedsByName = Inputs.Zip(Feeds).ToDictionary(pair => pair.First.Name, pair => pair.Second);
        using var oracle = new OnnxOracle();
        Expected = oracle.Run(File.ReadAllBytes(Path), FeedsByName);
    }

    public string Name { get; }

    public string Path { get; }

    public ImmutableArray<TensorSpec> Inputs { get; }

    public ImmutableArray<string> OutputNames { get; }

    public ImmutableArray<EdgeTensor> Feeds { get; }

    public IReadOnlyDictionary<string, EdgeTensor> FeedsByName { get; }

    /// <summary>What ONNX Runtime gives for the file.</summary>
    public ImmutableArray<OnnxValue> Expected { get; }

    /// <summary>The model of that name, read once.</summary>
    public static SharedModel Of(string name) => Known.GetOrAdd(name, key => new Lazy<SharedModel>(() => new SharedModel(key))).Value;

    /// <summary>All that ONNX Runtime loads.</summary>
    public static IEnumerable<string> Names() => SharedData.Models().Where(name => name != TooOld);

    /// <summary>The model as read, with the shapes of the feeds.</summary>
    public Model ReadBound()
    {
        var model = OnnxReader.Read(Path);
        ShapeInference.BindInputShapes(model, Inputs.Zip(Feeds).ToDictionary(pair => pair.First.Name, pair => pair.Second.Shape));
        return model;
    }

    /// <summary>What ONNX Runtime gives for the file when its weights are constants that nobody may feed ("constant-weights").</summary>
    public ImmutableArray<OnnxValue> ExpectedWithConstantWeights()
    {
        var model = OnnxReader.Read(Path);
        foreach (var input in model.Graph.Inputs.Where(input => input.Constant is not null).ToList())
        {
            model.Graph.RemoveInput(input);
        }

        model.IrVersion = Math.Max(model.IrVersion, 4);
        using var oracle = new OnnxOracle();
        return oracle.Run(OnnxWriter.ToBytes(model), FeedsByName);
    }

    /// <summary>Fails with the outputs that differ from the file's by more than that, relative to the largest magnitude; by default in any bit.</summary>
    public void AssertEqual(IReadOnlyList<OnnxValue> found, double largest = 0) => AssertEqual(found, Expected, largest);

    /// <summary>Fails with the outputs that differ.</summary>
    public void AssertEqual(IReadOnlyList<OnnxValue> found, ImmutableArray<OnnxValue> expected, double largest = 0)
    {
        Assert.That(found, Has.Count.EqualTo(expected.Length), "number of outputs");
        Assert.Multiple(() =>
        {
            for (var i = 0; i < found.Count; i++)
            {
                var difference = TensorDifference.Of(found[i], expected[i]);
                Assert.That(largest > 0 ? difference.IsExact || difference.Relative <= largest : difference.IsExact, $"output '{OutputNames[i]}': {difference.Text}");
            }
        });
    }
}
