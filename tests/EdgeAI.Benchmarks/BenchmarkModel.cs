using System.Collections.Immutable;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>A shared model with inputs that it runs on.</summary>
internal sealed class BenchmarkModel
{
    // ONNX Runtime reads no file of format version 1.
    private const string TooOld = "misc/super_resolution_ir1_pytorch02.onnx";

    private BenchmarkModel(string name)
    {
        (Name, Path) = (name, SharedData.Path("models", name));
        var graph = OnnxReader.Read(Path).Graph;
        Inputs = [.. graph.Inputs.Where(input => input.Constant is null).Select(input => new TensorSpec(input.Name, input.Element, input.Shape))];
        Feeds = ModelFeeds.For(name, Inputs);
        FeedsByName = Inputs.Zip(Feeds).ToDictionary(pair => pair.First.Name, pair => pair.Second);
        NodeCount = graph.Nodes.Count;
    }

    public string Name { get; }

    public string Path { get; }

    public int NodeCount { get; }

    public ImmutableArray<TensorSpec> Inputs { get; }

    public ImmutableArray<EdgeTensor> Feeds { get; }

    public IReadOnlyDictionary<string, EdgeTensor> FeedsByName { get; }

    /// <summary>True where every input has a fixed size, so that a session can hold it.</summary>
    public bool HasSession => Feeds.All(feed => feed.Type.IsFixedSize());

    /// <summary>The models whose names contain a part.</summary>
    public static IReadOnlyList<string> Names(string part) =>
        [.. SharedData.Models().Where(name => name != TooOld && name.Contains(part, StringComparison.OrdinalIgnoreCase))];

    public static BenchmarkModel Of(string name) => new(name);

    /// <summary>ONNX Runtime's session alone, from the file to the session.</summary>
    public void LoadInOnnxRuntime(CpuDevice cpu)
    {
        using var session = cpu.Load(new Executable(CpuDevice.Format, new ExecutableSignature([], []), File.ReadAllBytes(Path), [], []));
    }

    /// <summary>EdgeAI's, from the file to what can run; also where the plan waits for shapes (then a session's buffers are part of it).</summary>
    public EdgeModel Load(EdgeRuntime runtime, LoadOptions? options = null)
    {
        var model = runtime.Load(Path, options);
        if (HasSession && !Inputs.All(input => input.Shape.IsStatic))
        {
            model.CreateSession([.. Feeds.Select(feed => feed.Shape)]).Dispose();
        }

        return model;
    }
}
