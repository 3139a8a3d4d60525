using EdgeAI.Hal;

namespace EdgeAI.Runtime;

/// <summary>
/// A frame of a <see cref="FrameStream"/>: buffers for one inference. Between renting and submitting it its inputs may be written;
/// once it was read, its outputs may be read until the next one is.
/// </summary>
public sealed unsafe class StreamFrame
{
    internal StreamFrame(RunContext context) => Context = context;

    internal enum Stage
    {
        Free,
        Rented,
        Waiting,
        InFlight,
        Ended,
        Read,
        Closed,
    }

    /// <summary>Place in the order of submission, from 0. A frame that was dropped leaves a gap.</summary>
    public long Number { get; internal set; }

    /// <summary>Anything that the caller wants to find at the result again.</summary>
    public object? Tag { get; set; }

    /// <summary>Why there are no outputs; null where there are.</summary>
    public Exception? Error => Context.Failure;

    /// <summary>What its steps took.</summary>
    public ReadOnlySpan<StepTrace> Trace => Context.Trace;

    /// <summary>Time from its submission to its end, on the executor's clock.</summary>
    public TimeSpan Latency { get; internal set; }

    internal RunContext Context { get; }

    internal Stage At { get; set; }

    internal long SubmittedAt { get; set; }

    /// <summary>The elements of an input, to be written. They hold what an earlier frame left there.</summary>
    /// <exception cref="TensorMismatchException"><typeparamref name="T"/> is not the element type.</exception>
    /// <exception cref="InvalidOperationException">The frame is not rented.</exception>
    public Span<T> Input<T>(int index = 0)
        where T : unmanaged
    {
        Require(Stage.Rented);
        return Elements<T>(Context.Input(index), Context.Plan.Tensors[Context.Plan.Inputs[index]].Spec);
    }

    /// <summary>The bytes of an input of any type, to be written.</summary>
    /// <exception cref="InvalidOperationException">The frame is not rented.</exception>
    public Span<byte> InputBytes(int index = 0)
    {
        Require(Stage.Rented);
        var view = Context.Input(index);
        return new Span<byte>((void*)view.HostAddress, checked((int)view.ByteCount));
    }

    /// <summary>The elements of an output.</summary>
    /// <exception cref="TensorMismatchException"><typeparamref name="T"/> is not the element type.</exception>
    /// <exception cref="InvalidOperationException">The frame was not read, or another one has been since; or it failed: then <see cref="Error"/> is inside.</exception>
    public ReadOnlySpan<T> Output<T>(int index = 0)
        where T : unmanaged
    {
        Require(Stage.Read);
        return Error is { } error ? throw new InvalidOperationException($"Frame {Number} has no outputs: {error.Message}", error)
            : Elements<T>(Context.Output(index), Context.OutputSpec(index));
    }

    /// <summary>Type and true shape of an output.</summary>
    /// <exception cref="InvalidOperationException">The frame was not read, or another one has been since.</exception>
    public TensorSpec OutputSpec(int index = 0)
    {
        Require(Stage.Read);
        return Context.OutputSpec(index);
    }

    /// <summary>Makes it ready to be written anew.</summary>
    internal StreamFrame Open()
    {
        (At, Tag) = (Stage.Rented, null);
        return this;
    }

    /// <summary>Writes the first input.</summary>
    internal void Write<T>(ReadOnlySpan<T> input)
        where T : unmanaged
    {
        var target = Input<T>();
        if (target.Length != input.Length)
        {
            throw new TensorMismatchException($"'{Context.Plan.Tensors[Context.Plan.Inputs[0]].Spec}' has {target.Length} elements; found {input.Length}.");
        }

        input.CopyTo(target);
    }

    internal void Require(Stage stage)
    {
        ObjectDisposedException.ThrowIf(At == Stage.Closed, typeof(FrameStream));
        if (At != stage)
        {
            throw new InvalidOperationException($"Frame {Number} is {At}; expected {stage}.");
        }
    }

    internal static Span<T> Elements<T>(BufferView view, TensorSpec spec)
        where T : unmanaged =>
        DataTypes.Of<T>() != spec.Type ? throw new TensorMismatchException($"'{spec}' was asked for as {typeof(T).Name}.")
        : new Span<T>((void*)view.HostAddress, checked((int)(view.ByteCount / sizeof(T))));
}
