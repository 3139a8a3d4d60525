using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI;

/// <summary>
/// A model that is read, placed, compiled and loaded. Runs may happen at the same time on several threads. A model with
/// symbolic dimensions is compiled once for each set of input shapes that it meets.
/// </summary>
public sealed class EdgeModel : IDisposable
{
    private readonly PlanSource _source;
    private readonly ExecutorCache _executors;
    private readonly ImmutableArray<Shape> _declaredShapes;
    private readonly Lazy<Plan> _plan;

    internal EdgeModel(EdgeRuntime runtime, PlanSource source, LoadOptions options)
    {
        _source = source;
        _declaredShapes = source.DeclaredShapes;
        _executors = new ExecutorCache(options.MaxCompiledShapes, shapes => source.In(() => Load(runtime, shapes, options)));
        _plan = new Lazy<Plan>(FirstPlan, LazyThreadSafetyMode.PublicationOnly);
        if (Inputs.All(input => input.Shape.IsStatic))
        {
            _ = _plan.Value;
        }
    }

    /// <summary>Inputs as the file declares them.</summary>
    public ImmutableArray<TensorSpec> Inputs => _source.Inputs;

    /// <summary>Outputs as the file declares them.</summary>
    public ImmutableArray<TensorSpec> Outputs => _source.Outputs;

    /// <summary>
    /// The plan for the shapes that the file declares. Symbolic dimensions that were not given at loading are 1 in it; such a
    /// model is compiled when its plan is first asked for or when it first runs.
    /// </summary>
    /// <exception cref="ModelFormatException">The model is not valid with those dimensions: give them at loading.</exception>
    public Plan Plan => _plan.Value;

    /// <summary>Runs a model of one input on its elements, row-major.</summary>
    /// <exception cref="TensorMismatchException">Type or count do not fit; or the model has several inputs.</exception>
    public ModelResult Run<T>(ReadOnlySpan<T> input, CancellationToken cancellationToken = default)
        where T : unmanaged
    {
        if (Inputs.Length != 1)
        {
            throw new TensorMismatchException($"{Path.GetFileName(_source.Name)} has {Inputs.Length} inputs ({string.Join("; ", Inputs)}); this call feeds one.");
        }

        var shape = InputShapes.Fit(Inputs[0], input.Length);
        return Run([EdgeTensor.FromBytes(DataTypes.Of<T>(), shape, MemoryMarshal.AsBytes(input))], cancellationToken);
    }

    /// <summary>Runs the model on a tensor per input, in order.</summary>
    /// <exception cref="TensorMismatchException">A tensor is missing or does not fit; the message names it, what was found and what was expected.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ModelResult Run(IReadOnlyList<EdgeTensor> inputs, CancellationToken cancellationToken = default) =>
        Run(inputs, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Runs the model on a tensor per input, in order, within a time.</summary>
    /// <param name="inputs">A tensor per input.</param>
    /// <param name="deadline">Time on the runtime's clock from the first step's start to the last one's end.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="DeadlineExceededException">The time was over; the message names the step that was reached, and the model can run again.</exception>
    /// <inheritdoc cref="Run(IReadOnlyList{EdgeTensor}, CancellationToken)"/>
    public ModelResult Run(IReadOnlyList<EdgeTensor> inputs, TimeSpan deadline, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        InputShapes.Check(Inputs, inputs);
        using var lease = _executors.Rent([.. inputs.Select(input => input.Shape)]);
        var context = lease.Executor.Rent();
        try
        {
            return ModelResult.Run(lease.Executor, context, inputs, deadline, cancellationToken);
        }
        finally
        {
            lease.Executor.Return(context);
        }
    }

    /// <summary>Runs the model on tensors by input name.</summary>
    /// <inheritdoc cref="Run(IReadOnlyList{EdgeTensor}, CancellationToken)"/>
    public ModelResult Run(IReadOnlyDictionary<string, EdgeTensor> inputs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var unknown = inputs.Keys.FirstOrDefault(name => !Inputs.Any(input => input.Name == name));
        return unknown is not null
            ? throw new TensorMismatchException($"There is no input '{unknown}'. The model has: {string.Join("; ", Inputs)}.")
            : Run([.. Inputs.Select(input => inputs.TryGetValue(input.Name, out var tensor) ? tensor
                : throw new TensorMismatchException($"Input '{input}' is missing."))], cancellationToken);
    }

    /// <summary>A session for many runs of one thread: write into its inputs, run, read its outputs; nothing is allocated.</summary>
    /// <param name="shapes">A shape per input where the model's are symbolic; null for those of <see cref="Plan"/>.</param>
    /// <exception cref="TensorMismatchException">A shape does not fit, or an input has no fixed size (text): use Run.</exception>
    public EdgeSession CreateSession(IReadOnlyList<Shape>? shapes = null) => new(RentBuffers(shapes));

    /// <summary>A stream of frames, several of them in flight at a time so that all devices of the plan are busy.</summary>
    /// <param name="options">How many frames, and what happens when there is no room; null for the defaults.</param>
    /// <param name="shapes">A shape per input where the model's are symbolic; null for those of <see cref="Plan"/>.</param>
    /// <exception cref="TensorMismatchException">A shape does not fit, or an input has no fixed size (text): use Run.</exception>
    /// <exception cref="DeviceMemoryException">A device has no room for the buffers of so many frames.</exception>
    public FrameStream OpenStream(StreamOptions? options = null, IReadOnlyList<Shape>? shapes = null)
    {
        var lease = RentBuffers(shapes);
        try
        {
            return new FrameStream(lease.Executor, options, lease);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>What the steps took over all runs so far, against what was predicted.</summary>
    /// <param name="shapes">A shape per input where the model's are symbolic; null for those of <see cref="Plan"/>.</param>
    public PlanStatistics GetStatistics(IReadOnlyList<Shape>? shapes = null)
    {
        using var lease = _executors.Rent(shapes is null ? _declaredShapes : [.. shapes]);
        return lease.Executor.Statistics;
    }

    /// <summary>
    /// Writes <see cref="Plan"/> with all that it needs to one file, at once or not at all. <see cref="EdgeRuntime.Load(string, LoadOptions?)"/>
    /// takes it like an ONNX file, without compiling.
    /// </summary>
    /// <exception cref="ExecutableFormatException">It would have more than 2 GiB.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => _source.Bundle(Plan).Save(path);

    /// <summary>Releases what the model holds; runs and sessions that go on are ended by themselves first.</summary>
    public void Dispose() => _executors.Dispose();

    private Executor Load(EdgeRuntime runtime, ImmutableArray<Shape> shapes, LoadOptions options)
    {
        try
        {
            return new Executor(Make(shapes, options), runtime.Devices, runtime.Clock);
        }
        catch (ExecutableFormatException error) when (_source.Distrust(shapes, error))
        {
            return new Executor(Make(shapes, options), runtime.Devices, runtime.Clock);
        }
    }

    private Plan Make(ImmutableArray<Shape> shapes, LoadOptions options)
    {
        var plan = _source.Make(shapes);
        options.Requirements?.Check(plan);
        return plan;
    }

    private Plan FirstPlan()
    {
        using var lease = _executors.Rent(_declaredShapes);
        return lease.Executor.Plan;
    }

    private ExecutorCache.Lease RentBuffers(IReadOnlyList<Shape>? shapes)
    {
        ImmutableArray<Shape> chosen = shapes is null ? _declaredShapes : [.. shapes];
        InputShapes.CheckSession(Inputs, chosen);
        return _executors.Rent(chosen);
    }
}
