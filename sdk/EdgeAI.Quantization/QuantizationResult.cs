using EdgeAI.Graph;

namespace EdgeAI.Quantization;

/// <summary>A quantized model, and what was done to it.</summary>
/// <param name="Model">The model with QuantizeLinear and DequantizeLinear in it.</param>
/// <param name="Report">Every tensor and every node.</param>
public sealed record QuantizationResult(Model Model, QuantizationReport Report);
