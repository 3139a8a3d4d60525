using System.Collections.Immutable;

namespace EdgeAI.Quantization;

/// <summary>A model in which some layers stay float for the sake of a score.</summary>
/// <param name="Result">The model and its report.</param>
/// <param name="FloatLayers">Layers that stay float, the most sensitive first.</param>
/// <param name="LayerCount">Layers that could be quantized.</param>
/// <param name="Score">What the model scores.</param>
/// <param name="IsReached">False where not even the float model's layers reach the target: then nothing more could be done.</param>
/// <param name="Evaluations">Models that were scored on the way.</param>
public sealed record MixedPrecision(
    QuantizationResult Result, ImmutableArray<LayerSensitivity> FloatLayers, int LayerCount, double Score, bool IsReached, int Evaluations)
{
    /// <summary>"2 of 53 layers stay float".</summary>
    public override string ToString() => $"{FloatLayers.Length} of {LayerCount} layers stay float";
}
