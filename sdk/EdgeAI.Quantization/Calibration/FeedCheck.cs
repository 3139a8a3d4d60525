using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Quantization.Calibration;

/// <summary>Whether a sample fits a model's inputs.</summary>
internal static class FeedCheck
{
    /// <exception cref="QuantizationException">It does not; the message names the sample, the input, what was found and what was expected.</exception>
    public static void Check(IReadOnlyList<Value> inputs, IReadOnlyList<ConstantTensor> feeds, int sample)
    {
        if (feeds.Count != inputs.Count)
        {
            throw new QuantizationException($"Sample {sample} has {feeds.Count} tensors; the model has {inputs.Count} inputs: {string.Join(", ", inputs)}.");
        }

        for (var i = 0; i < feeds.Count; i++)
        {
            var expected = new TensorSpec(inputs[i].Name, inputs[i].Element, inputs[i].Shape);
            if (feeds[i].Type != expected.Type || !expected.Shape.IsCompatibleWith(feeds[i].Shape))
            {
                throw new QuantizationException($"Sample {sample}: input '{expected.Name}' is fed with {feeds[i]}; expected {expected.Type}{expected.Shape}.");
            }
        }
    }
}
