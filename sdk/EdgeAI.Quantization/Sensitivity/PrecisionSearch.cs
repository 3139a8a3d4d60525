using System.Collections.Immutable;
using EdgeAI.Graph;

namespace EdgeAI.Quantization.Sensitivity;

/// <summary>
/// Looks for the fewest layers that have to stay float: halves the number of the most sensitive ones, then tries to quantize
/// each of those after all, the least sensitive first.
/// </summary>
internal sealed class PrecisionSearch(
    CalibratedModel calibrated, ImmutableArray<LayerSensitivity> ranking, Func<Model, double> score, double target, IProgress<QuantizationProgress>? progress)
{
    private int _evaluations;

    public MixedPrecision Run(CancellationToken cancellationToken)
    {
        var best = Evaluate(ranking[..0], cancellationToken);
        if (best.IsReached || ranking.Length < 2)
        {
            return best;
        }

        var (tooFew, enough) = (0, ranking.Length - 1);
        best = Evaluate(ranking[..enough], cancellationToken);
        while (best.IsReached && enough - tooFew > 1)
        {
            var count = (tooFew + enough) / 2;
            var tried = Evaluate(ranking[..count], cancellationToken);
            (tooFew, enough, best) = tried.IsReached ? (tooFew, count, tried) : (count, enough, best);
        }

        return best.IsReached ? Reduce(best, cancellationToken) : best;
    }

    private MixedPrecision Reduce(MixedPrecision best, CancellationToken cancellationToken)
    {
        foreach (var layer in best.FloatLayers.Reverse().Skip(1))
        {
            var tried = Evaluate(best.FloatLayers.Remove(layer), cancellationToken);
            best = tried.IsReached ? tried : best;
        }

        return best with { Evaluations = _evaluations };
    }

    private MixedPrecision Evaluate(ImmutableArray<LayerSensitivity> floats, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var options = calibrated.Options with { ExcludedNodes = calibrated.Options.ExcludedNodes.Union(floats.SelectMany(layer => layer.Nodes)) };
        var isQuantized = calibrated.TryQuantize(options, out var result);
        var value = score(result.Model);
        _evaluations++;
        progress?.Report(new("mix", _evaluations, null));
        return new(result with { Report = result.Report with { Layers = ranking } }, isQuantized ? floats : ranking, ranking.Length, value, value >= target, _evaluations);
    }
}
