using System.Collections.Immutable;

namespace EdgeAI.Graph;

/// <summary>Names the tensors that quantize another: "SCALE_TENSOR" and "ZERO_POINT_TENSOR" to value names.</summary>
public sealed record QuantizationAnnotation(string Tensor, ImmutableArray<KeyValuePair<string, string>> Parameters);
