using EdgeAI.Hal;

namespace EdgeAI.Quantization;

/// <summary>A model or its calibration data that cannot be quantized as asked; the message names what was found, and what to do.</summary>
public sealed class QuantizationException(string message, Exception? inner = null) : EdgeException(message, inner);
