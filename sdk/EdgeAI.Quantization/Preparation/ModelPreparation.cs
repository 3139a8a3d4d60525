using EdgeAI.Graph;
using EdgeAI.Quantization.Correction;

namespace EdgeAI.Quantization.Preparation;

/// <summary>Brings a copy of a float model into the form that is quantized.</summary>
internal static class ModelPreparation
{
    /// <summary>The operator set that QuantizeLinear has scales per channel in.</summary>
    private const long Opset = 13;

    /// <summary>Inputs with defaults become constants, constants are folded, identities taken out, Gemm's factors multiplied into its constants.</summary>
    /// <exception cref="ModelFormatException">The model is not valid.</exception>
    /// <exception cref="QuantizationException">Its operator set is too old.</exception>
    public static Model Run(Model model, QuantizationOptions options, GraphEvaluator? evaluator)
    {
        var copy = ModelCopy.Of(model);
        foreach (var input in copy.Graph.Inputs.Where(input => input.Constant is not null).ToList())
        {
            copy.Graph.RemoveInput(input);
        }

        GraphRewrites.Simplify(copy, evaluator);
        GemmFactors.Fold(copy.Graph);
        if (options.EqualizeLayers)
        {
            LayerEqualization.Apply(copy.Graph);
        }

        return copy.Opset("") >= Opset ? copy
            : throw new QuantizationException($"The model imports version {copy.Opset("")} of ai.onnx; expected at least {Opset}, where QuantizeLinear has scales per channel: convert the model first.");
    }
}
