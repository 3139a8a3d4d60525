using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI;

/// <summary>Buffers for many runs of one thread. Inputs keep what was written; outputs are overwritten by each run.</summary>
public sealed unsafe class EdgeSession : IDisposable
{
    private readonly ExecutorCache.Lease _lease;
    private readonly Executor _executor;
    private RunContext? _context;

    internal EdgeSession(ExecutorCache.Lease lease)
    {
        (_lease, _executor) = (lease, lease.Executor);
        try
        {
            _context = _executor.Rent();
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>What the last run's steps took.</summary>
    public ReadOnlySpan<StepTrace> Trace => Context.Trace;

    private RunContext Context => _context ?? throw new ObjectDisposedException(nameof(EdgeSession));

    /// <summary>The elements of an input, to be written.</summary>
    /// <exception cref="TensorMismatchException"><typeparamref name="T"/> is not the element type.</exception>
    public Span<T> Input<T>(int index = 0)
        where T : unmanaged =>
        Elements<T>(Context.Input(index), _executor.Plan.Tensors[_executor.Plan.Inputs[index]].Spec);

    /// <summary>
    /// The elements of an output of the last run. The span is good until the next run or the session's end; where the output's
    /// size is known only in the run, its memory is given back then.
    /// </summary>
    /// <exception cref="TensorMismatchException"><typeparamref name="T"/> is not the element type.</exception>
    public ReadOnlySpan<T> Output<T>(int index = 0)
        where T : unmanaged =>
        Elements<T>(Context.Output(index), Context.OutputSpec(index));

    /// <summary>Type and true shape of an output of the last run.</summary>
    public TensorSpec OutputSpec(int index = 0) => Context.OutputSpec(index);

    /// <summary>Runs once.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the session can run again.</exception>
    /// <exception cref="DeviceFaultException">A device reported an error.</exception>
    public void Run(CancellationToken cancellationToken = default) => Context.Run(cancellationToken);

    /// <summary>Runs once, within a time.</summary>
    /// <param name="deadline">Time on the runtime's clock from now to the last step's end.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="DeadlineExceededException">The time was over; the message names the step that was reached, and the session can run again.</exception>
    /// <inheritdoc cref="Run(CancellationToken)"/>
    public void Run(TimeSpan deadline, CancellationToken cancellationToken = default) => Context.Run(deadline, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_context is { } context)
        {
            _context = null;
            _executor.Return(context);
            _lease.Dispose();
        }
    }

    private static Span<T> Elements<T>(BufferView view, TensorSpec spec)
        where T : unmanaged =>
        DataTypes.Of<T>() != spec.Type ? throw new TensorMismatchException($"'{spec}' was asked for as {typeof(T).Name}.")
        : new Span<T>((void*)view.HostAddress, checked((int)(view.ByteCount / sizeof(T))));
}
