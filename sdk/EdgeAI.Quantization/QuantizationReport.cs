using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Quantization;

/// <summary>What a quantized model represents how, and which operators stay float why.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Samples">Samples that calibration has seen.</param>
/// <param name="Tensors">Quantized tensors in the order of the graph.</param>
/// <param name="Nodes">All nodes of the prepared float model in their order.</param>
public sealed record QuantizationReport(
    QuantizationOptions Options, int Samples, ImmutableArray<TensorReport> Tensors, ImmutableArray<NodeReport> Nodes);

/// <summary>A quantized tensor.</summary>
/// <param name="Name">Its name in the float model.</param>
/// <param name="Type">Element type of its integers.</param>
/// <param name="Parameters">Scales and zero points.</param>
/// <param name="Range">The real values that it should represent: of all slices together where it has an axis.</param>
/// <param name="IsConstant">True for weights, false for activations.</param>
/// <param name="SharedWith">The tensor whose parameters it has; null where they are its own.</param>
/// <param name="Note">What is odd about it: "constant zero"; else null.</param>
public sealed record TensorReport(
    string Name, DataType Type, QuantizationParameters Parameters, TensorRange Range, bool IsConstant, string? SharedWith, string? Note);

/// <summary>An operator of the float model.</summary>
/// <param name="Name">The node.</param>
/// <param name="Operator">Its operator.</param>
/// <param name="WhyFloat">Why it stays float; null where it is quantized.</param>
public sealed record NodeReport(string Name, string Operator, string? WhyFloat)
{
    /// <summary>True where it is quantized.</summary>
    public bool IsQuantized => WhyFloat is null;
}
