using System.Runtime.InteropServices;
using EdgeAI.Graph;

namespace EdgeAI.Quantization.Calibration;

/// <summary>
/// Runs a model on samples and lets observers see activations inside it, each its own and several at once: what one has seen does not
/// depend on the others. Memory does not depend on the number of samples.
/// </summary>
internal sealed class ActivationObservation : IDisposable
{
    /// <summary>Bytes of a sample's activations below which waking other threads takes longer than they save.</summary>
    private const long WorthSharing = 8 << 20;

    private readonly Model _model;
    private readonly long _maximumBytes;
    private readonly ModelSessionFactory _sessions;
    private readonly List<(ModelSession Session, Activation[] Activations)> _runs = [];
    private readonly List<(int Input, Activation Activation)> _fed = [];
    private readonly List<string> _made = [];
    private readonly Dictionary<string, Activation> _activations = new(StringComparer.Ordinal);

    /// <summary>Plans what is observed; the model is loaded with the first sample, as often as its activations then need.</summary>
    /// <param name="model">A prepared model.</param>
    /// <param name="ranges">Values whose ranges are wanted.</param>
    /// <param name="means">Values whose channels' means are wanted.</param>
    /// <param name="options">How ranges are found.</param>
    /// <param name="sessions">Loads models.</param>
    public ActivationObservation(Model model, IEnumerable<Value> ranges, IEnumerable<Value> means, QuantizationOptions options, ModelSessionFactory sessions)
    {
        (_model, _maximumBytes, _sessions) = (model, options.MaximumActivationBytes, sessions);
        foreach (var value in ranges)
        {
            _activations[value.Name] = new(ObserverFactory.Create(options, value), null);
        }

        foreach (var value in means)
        {
            _activations[value.Name] = new(_activations.GetValueOrDefault(value.Name)?.Range, new());
        }

        Sort();
    }

    /// <summary>Samples seen.</summary>
    public int Samples { get; private set; }

    /// <summary>What was seen, by tensor name.</summary>
    public IReadOnlyDictionary<string, Activation> Activations => _activations;

    /// <summary>Runs the model on one sample.</summary>
    /// <exception cref="QuantizationException">The sample does not fit.</exception>
    public void Observe(IReadOnlyList<ConstantTensor> feeds, CancellationToken cancellationToken)
    {
        FeedCheck.Check(_model.Graph.Inputs, feeds, Samples);
        if (_runs.Count == 0 && _made.Count > 0)
        {
            Load(SampleShapes.Of(_model, feeds));
        }

        foreach (var (input, activation) in _fed)
        {
            activation.Observe(feeds[input].AsSpan<float>(), feeds[input].Shape);
        }

        foreach (var (session, activations) in _runs)
        {
            session.Run(feeds, cancellationToken);
            See(session, activations);
        }

        Samples++;
    }

    private static void See(ModelSession session, Activation[] activations)
    {
        var bytes = 0L;
        for (var i = 0; i < activations.Length; i++)
        {
            bytes += session.Output(i).Length;
        }

        Parallel.For(0, activations.Length, new ParallelOptions { MaxDegreeOfParallelism = bytes < WorthSharing ? 1 : -1 }, See);

        void See(int index) => activations[index].Observe(MemoryMarshal.Cast<byte, float>(session.Output(index)), session.OutputSpec(index).Shape);
    }

    public void Dispose() => _runs.ForEach(run => run.Session.Dispose());

    /// <summary>Inputs are seen as they are fed; the rest is made in the run.</summary>
    private void Sort()
    {
        var inputs = _model.Graph.Inputs.Select((input, index) => (input.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index);
        foreach (var (name, activation) in _activations)
        {
            if (inputs.TryGetValue(name, out var input))
            {
                _fed.Add((input, activation));
            }
            else
            {
                _made.Add(name);
            }
        }
    }

    private void Load(Func<string, Hal.Shape> shapeOf)
    {
        foreach (var group in ActivationGroups.Split(_made, _maximumBytes, shapeOf))
        {
            _runs.Add((_sessions(Exposure.Of(_model, group)), [.. group.Select(name => _activations[name])]));
        }
    }
}
