using System.Collections.Immutable;
using EdgeAI.Compiler;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Npu;
using EdgeAI.Onnx;

namespace EdgeAI.Testing;

/// <summary>A model to be placed, with numbers for its open extents and inputs to run it.</summary>
public sealed class RunnableModel
{
    private readonly ImmutableArray<EdgeTensor> _feeds;
    private readonly string? _path;
    private readonly byte[] _bytes;

    private RunnableModel(string name, string? path, byte[] bytes, Func<ImmutableArray<TensorSpec>, ImmutableArray<EdgeTensor>> feed)
    {
        (Name, _path, _bytes) = (name, path, bytes);
        ImmutableArray<TensorSpec> inputs = [.. Read().Graph.Inputs.Where(input => input.Constant is null).Select(input => new TensorSpec(input.Name, input.Element, input.Shape))];
        _feeds = feed(inputs);
        Dimensions = inputs.Zip(_feeds).SelectMany(pair => Open(pair.First, pair.Second)).DistinctBy(extent => extent.Key).ToImmutableDictionary();
    }

    public string Name { get; }

    /// <summary>Numbers for the open extents, those of the inputs.</summary>
    public ImmutableDictionary<string, long> Dimensions { get; }

    public static RunnableModel Shared(string name) => new(name, SharedData.Path("models", name), [], inputs => ModelFeeds.For(name, inputs));

    public static RunnableModel Of(string name, byte[] bytes) => new(name, null, bytes, inputs => ModelFeeds.Random(inputs, ImmutableDictionary<string, long>.Empty));

    /// <summary>The board's devices, simulated.</summary>
    public static EdgeRuntime CreateRuntime(BoardProfile profile) => EdgeRuntime.Create(devices => devices
        .AddCpu()
        .AddNpu(new SimulatedNpu(NpuConfiguration.ByName(profile.Npu!)))
        .AddDsp(new SimulatedDsp(DspConfiguration.ByName(profile.Dsp!)))
        .UseProfile(profile));

    /// <summary>The model as it is compiled for its inputs.</summary>
    public Model ReadBound()
    {
        var model = Read();
        ShapeInference.BindInputShapes(model, model.Graph.Inputs.Where(input => input.Constant is null).Zip(_feeds).Where(pair => pair.First.Type is TensorType or null).ToDictionary(pair => pair.First.Name, pair => pair.Second.Shape));
        return model;
    }

    private Model Read() => _path is null ? OnnxReader.Read(_bytes) : OnnxReader.Read(_path);

    /// <summary>Compiles and runs it on a board's simulated devices.</summary>
    /// <param name="profile">The board.</param>
    /// <param name="onStage">Looks at the compilation after each stage, and may change it.</param>
    /// <returns>
    /// The sum over the plan's steps: simulated time and the launch, which is not simulated, or predicted time where a step has no other; whether any step is simulated.
    /// </returns>
    public (double Seconds, bool IsSimulated) Simulate(BoardProfile profile, Action<string, Compilation>? onStage)
    {
        using var runtime = CreateRuntime(profile);
        using var file = _path is null ? new TemporaryModel(_bytes) : null;
        using var model = runtime.Load(_path ?? file!.Path, new LoadOptions { Dimensions = Dimensions, OnStage = onStage });
        var result = model.Run(_feeds);
        var (seconds, isSimulated) = (0.0, false);
        for (var step = 0; step < result.Trace.Length; step++)
        {
            var (simulated, predicted) = (result.Trace[step].SimulatedSeconds, result.Trace[step].PredictedSeconds);
            seconds += double.IsNaN(simulated) ? predicted : simulated + profile.LaunchSeconds(result.Plan.DeviceName(step));
            isSimulated |= !double.IsNaN(simulated);
        }

        return (seconds, isSimulated);
    }

    private static IEnumerable<KeyValuePair<string, long>> Open(TensorSpec input, EdgeTensor feed) => input.Shape.Dimensions
        .Select((extent, axis) => (extent, axis))
        .Where(pair => !pair.extent.IsKnown)
        .Select(pair => KeyValuePair.Create(pair.extent.Symbol ?? $"{input.Name}.{pair.axis}", feed.Shape.ToArray()[pair.axis]));
}
