namespace EdgeAI.Quantization;

/// <summary>How far a quantization has come.</summary>
/// <param name="Stage">What is being done: "calibrate", "measure", "rank" …</param>
/// <param name="Done">Steps that are done.</param>
/// <param name="Total">Steps in all; null where that is not known before the end.</param>
public readonly record struct QuantizationProgress(string Stage, int Done, int? Total);
