using EdgeAI.Graph;
using EdgeAI.Quantization.Correction;

namespace EdgeAI.Quantization.Preparation;

/// <summary>Brings a copy of a float model into the form that is quantized.</summary>
internal static class ModelPreparation
{
    /// <summary>The operator set that QuantizeLinear has scales per channel in.</summary>
    private const long Opset = 13;

    /// <summary>The operator set is lifted, inputs with defaults become constants, constants and normalizations are folded, identities taken out, Gemm's factors multiplied into its constants.</summary>
    /// <exception cref="ModelFormatException">The model is not valid.</exception>
    /// <exception cref="QuantizationException">Its operator set is too old.</exception>
    public static Model Run(Model model, QuantizationOptions options, GraphEvaluator? evaluator)
    {
        var copy = ModelCopy.Of(model);
        foreach (var input in copy.Graph.Inputs.Where(input => input.Constant is not null).ToList())
        {
            copy.Graph.RemoveInput(input);
        }

        ModelUpgrade.To(copy, Math.Max(copy.Opset(""), Opset));
        GraphRewrites.Simplify(copy, evaluator);
        FoldNormalizations(copy);
        GemmFactors.Fold(copy.Graph);
        if (options.EqualizeLayers)
        {
            LayerEqualization.Apply(copy.Graph);
        }

        return copy.Opset("") >= Opset ? copy
            : throw new QuantizationException($"The model imports version {copy.Opset("")} of ai.onnx; expected at least {Opset}, where QuantizeLinear has scales per channel.");
    }

    /// <summary>Only models that have normalizations are touched: in others, arithmetic behind a convolution may be float on purpose.</summary>
    private static void FoldNormalizations(Model model)
    {
        if (model.Graph.Nodes.Any(node => node.Is("BatchNormalization")))
        {
            GraphRewrites.FoldAffine.Apply(model);
            GraphRewrites.RemoveDead.Apply(model);
            GraphVerifier.Verify(model);
            ShapeInference.Infer(model);
        }
    }
}
