using EdgeAI.Graph;
using EdgeAI.Quantization.Preparation;

namespace EdgeAI.Quantization.Calibration;

/// <summary>Models whose inner values are outputs.</summary>
internal static class Exposure
{
    /// <summary>
    /// A copy with those values as its first outputs. Its own outputs follow, or are taken off with all that leads to nothing else.
    /// </summary>
    public static Model Of(Model model, IEnumerable<string> values, bool keepsOutputs = false)
    {
        var copy = ModelCopy.Of(model);
        var own = keepsOutputs ? copy.Graph.Outputs.ToList() : [];
        copy.Graph.ClearOutputs();
        foreach (var value in values.Select(name => copy.Graph.Values[name]).Concat(own))
        {
            copy.Graph.AddOutput(value);
        }

        GraphRewrites.RemoveDead.Apply(copy);
        return copy;
    }
}
