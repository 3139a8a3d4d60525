using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Quantization;

/// <summary>Loads a model on some device, to be run many times. The facade supplies one that uses the CPU device.</summary>
/// <param name="model">The model; it stays as it is while the session lives.</param>
public delegate ModelSession ModelSessionFactory(Model model);

/// <summary>A model that is loaded once and run many times, by one thread; its outputs are read by several at once. Calibration sees activations where the device left them: nothing is copied.</summary>
public abstract class ModelSession : IDisposable
{
    /// <summary>Runs once.</summary>
    /// <param name="feeds">A tensor per graph input, in order.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="TensorMismatchException">A feed does not fit its input.</exception>
    public abstract void Run(IReadOnlyList<ConstantTensor> feeds, CancellationToken cancellationToken = default);

    /// <summary>Type and true shape of a graph output of the last run.</summary>
    public abstract TensorSpec OutputSpec(int index);

    /// <summary>The elements' bytes of a graph output of the last run; good until the next run.</summary>
    public abstract ReadOnlySpan<byte> Output(int index);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what is held; called once or more.</summary>
    protected abstract void Dispose(bool disposing);
}
