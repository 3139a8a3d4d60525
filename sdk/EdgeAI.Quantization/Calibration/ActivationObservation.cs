using System.Runtime.InteropServices;
using EdgeAI.Graph;

namespace EdgeAI.Quantization.Calibration;

/// <summary>Runs a model on samples and lets observers see activations inside it. Memory does not depend on the number of samples.</summary>
internal sealed class ActivationObservation : IDisposable
{
    private readonly IReadOnlyList<Value> _inputs;
    private readonly List<(ModelSession Session, Activation[] Activations)> _runs = [];
    private readonly List<(int Input, Activation Activation)> _fed = [];
    private readonly Dictionary<string, Activation> _activations = new(StringComparer.Ordinal);

    /// <summary>Loads the model, as often as its activations need.</summary>
    /// <param name="model">A prepared model.</param>
    /// <param name="ranges">Values whose ranges are wanted.</param>
    /// <param name="means">Values whose channels' means are wanted.</param>
    /// <param name="options">How ranges are found.</param>
    /// <param name="sessions">Loads models.</param>
    public ActivationObservation(Model model, IEnumerable<Value> ranges, IEnumerable<Value> means, QuantizationOptions options, ModelSessionFactory sessions)
    {
        _inputs = model.Graph.Inputs;
        foreach (var value in ranges)
        {
            _activations[value.Name] = new(ObserverFactory.Create(options, value), null);
        }

        foreach (var value in means)
        {
            _activations[value.Name] = new(_activations.GetValueOrDefault(value.Name)?.Range, new());
        }

        try
        {
            Load(model, options.MaximumActivationBytes, sessions);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Samples seen.</summary>
    public int Samples { get; private set; }

    /// <summary>What was seen, by tensor name.</summary>
    public IReadOnlyDictionary<string, Activation> Activations => _activations;

    /// <summary>Runs the model on one sample.</summary>
    /// <exception cref="QuantizationException">The sample does not fit.</exception>
    public void Observe(IReadOnlyList<ConstantTensor> feeds, CancellationToken cancellationToken)
    {
        FeedCheck.Check(_inputs, feeds, Samples);
        foreach (var (input, activation) in _fed)
        {
            activation.Observe(feeds[input].AsSpan<float>(), feeds[input].Shape);
        }

        foreach (var (session, activations) in _runs)
        {
            session.Run(feeds, cancellationToken);
            for (var i = 0; i < activations.Length; i++)
            {
                activations[i].Observe(MemoryMarshal.Cast<byte, float>(session.Output(i)), session.OutputSpec(i).Shape);
            }
        }

        Samples++;
    }

    public void Dispose() => _runs.ForEach(run => run.Session.Dispose());

    private void Load(Model model, long maximumBytes, ModelSessionFactory sessions)
    {
        var made = new List<Value>();
        foreach (var name in _activations.Keys)
        {
            var value = model.Graph.Values[name];
            var input = Enumerable.Range(0, _inputs.Count).FirstOrDefault(index => ReferenceEquals(_inputs[index], value), -1);
            if (input >= 0)
            {
                _fed.Add((input, _activations[name]));
            }
            else
            {
                made.Add(value);
            }
        }

        foreach (var group in ActivationGroups.Split(made, maximumBytes))
        {
            var exposed = Exposure.Of(model, group.Select(value => value.Name));
            _runs.Add((sessions(exposed), [.. group.Select(value => _activations[value.Name])]));
        }
    }
}
