using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Quantization.Preparation;

namespace EdgeAI.Quantization.Calibration;

/// <summary>Runs a model on samples and lets observers see activations inside it. Memory does not depend on the number of samples.</summary>
internal sealed class ActivationObservation : IDisposable
{
    private readonly IReadOnlyList<Value> _inputs;
    private readonly List<(ModelSession Session, TensorObserver[] Observers)> _runs = [];
    private readonly List<(int Input, TensorObserver Observer)> _fed = [];
    private readonly Dictionary<string, TensorObserver> _observers = new(StringComparer.Ordinal);

    /// <summary>Loads the model, as often as its activations need.</summary>
    public ActivationObservation(Model model, IEnumerable<Value> values, QuantizationOptions options, ModelSessionFactory sessions)
    {
        _inputs = model.Graph.Inputs;
        foreach (var value in values)
        {
            _observers[value.Name] = ObserverFactory.Create(options, value);
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

    /// <summary>The observers by tensor name.</summary>
    public IReadOnlyDictionary<string, TensorObserver> Observers => _observers;

    /// <summary>Runs the model on one sample.</summary>
    /// <exception cref="QuantizationException">The sample does not fit.</exception>
    public void Observe(IReadOnlyList<ConstantTensor> feeds, CancellationToken cancellationToken)
    {
        FeedCheck.Check(_inputs, feeds, Samples);
        foreach (var (input, observer) in _fed)
        {
            observer.Observe(feeds[input].AsSpan<float>());
        }

        foreach (var (session, observers) in _runs)
        {
            session.Run(feeds, cancellationToken);
            for (var i = 0; i < observers.Length; i++)
            {
                observers[i].Observe(MemoryMarshal.Cast<byte, float>(session.Output(i)));
            }
        }

        Samples++;
    }

    public void Dispose() => _runs.ForEach(run => run.Session.Dispose());

    private void Load(Model model, long maximumBytes, ModelSessionFactory sessions)
    {
        var made = new List<Value>();
        foreach (var name in _observers.Keys)
        {
            var value = model.Graph.Values[name];
            var input = Enumerable.Range(0, _inputs.Count).FirstOrDefault(index => ReferenceEquals(_inputs[index], value), -1);
            if (input >= 0)
            {
                _fed.Add((input, _observers[name]));
            }
            else
            {
                made.Add(value);
            }
        }

        foreach (var group in ActivationGroups.Split(made, maximumBytes))
        {
            var exposed = Expose(model, group);
            _runs.Add((sessions(exposed), [.. group.Select(value => _observers[value.Name])]));
        }
    }

    /// <summary>A copy whose only outputs are those values; what leads to others is cut off.</summary>
    private static Model Expose(Model model, IReadOnlyList<Value> values)
    {
        var copy = ModelCopy.Of(model);
        copy.Graph.ClearOutputs();
        foreach (var value in values)
        {
            copy.Graph.AddOutput(copy.Graph.Values[value.Name]);
        }

        GraphRewrites.RemoveDead.Apply(copy);
        return copy;
    }
}
