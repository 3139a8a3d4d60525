using EdgeAI.Graph;
using EdgeAI.Quantization.Arithmetic;
using EdgeAI.Quantization.Planning;

namespace EdgeAI.Quantization.Correction;

/// <summary>
/// Rounded weights shift the mean of what a layer computes by (their error) · (mean of its input); the bias takes that up.
/// Works on the layer alone, so the order of layers does not count; border elements of padded inputs are counted as inner ones.
/// </summary>
internal static class BiasCorrection
{
    /// <summary>The biases of layers whose input means are known, corrected.</summary>
    public static Dictionary<BiasPlan, float[]> Correct(QuantizationPlan plan, ParameterTable parameters, IReadOnlyDictionary<string, float[]> means)
    {
        var corrected = new Dictionary<BiasPlan, float[]>();
        foreach (var bias in plan.Biases.Where(CanCorrect))
        {
            if (bias.Weight.Constant is { } weight && means.TryGetValue(bias.Input.Name, out var mean) && mean.Length == WeightLayout.Of(bias.Node, weight.Shape).Inputs)
            {
                corrected[bias] = Correct(bias, weight, parameters[bias.Weight], mean);
            }
        }

        return corrected;
    }

    /// <summary>Means are those along axis 1: of a Gemm's transposed operand that is the batch.</summary>
    private static bool CanCorrect(BiasPlan bias) =>
        bias.Node.OpType == "Conv" || (bias.Node.OpType == "Gemm" && bias.Node.Attributes.Int("transA", 0) == 0);

    private static float[] Correct(BiasPlan bias, ConstantTensor weight, TensorEncoding encoding, float[] mean)
    {
        var result = bias.Bias.Constant!.AsSpan<float>().ToArray();
        var shift = new double[result.Length];
        var source = weight.AsSpan<float>();
        var layout = WeightLayout.Of(bias.Node, weight.Shape);
        var (slices, range) = (AxisSlices.Of(weight.Shape, encoding.Parameters.Axis), encoding.Integers);
        for (var i = 0; i < source.Length; i++)
        {
            var (output, input) = layout.ChannelsOf(i);
            var slice = slices.SliceOf(i);
            var own = new AffineParameters(encoding.Parameters.Scales[slice], encoding.Parameters.ZeroPoints[slice]);
            var error = ((IntegerTensor.Quantize(source[i], own, range) - own.ZeroPoint) * (double)own.Scale) - source[i];
            shift[output] += error * mean[input];
        }

        for (var i = 0; i < result.Length; i++)
        {
            result[i] = (float)(result[i] - shift[i]);
        }

        return result;
    }
}
