using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Quantization;

/// <summary>What a quantized model represents how, and which operators stay float why.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Samples">Samples that calibration has seen.</param>
/// <param name="Tensors">Quantized tensors in the order of the graph.</param>
/// <param name="Nodes">All nodes of the prepared float model in their order.</param>
public sealed record QuantizationReport(
    QuantizationOptions Options, int Samples, ImmutableArray<TensorReport> Tensors, ImmutableArray<NodeReport> Nodes)
{
    /// <summary>Samples that the quantized model was compared with the float model on; 0 before that.</summary>
    public int MeasuredSamples { get; init; }

    /// <summary>Samples for which some output or activation had another size in the quantized model, so that it was not compared.</summary>
    public int IncomparableSamples { get; init; }

    /// <summary>Signal against quantization noise of each output in decibels, once it was measured; NaN for outputs that are not Float32.</summary>
    public ImmutableArray<double> OutputSqnr { get; init; } = [];

    /// <summary>What each layer costs, the most sensitive first, once layers were ranked.</summary>
    public ImmutableArray<LayerSensitivity> Layers { get; init; } = [];
}

/// <summary>What quantizing one layer alone does to the model's outputs.</summary>
/// <param name="Nodes">The layer: an operator, and the Relu or Clip that is computed with it.</param>
/// <param name="Operator">Its operator.</param>
/// <param name="Sqnr">Signal against quantization noise of the outputs in decibels: the lower, the more sensitive.</param>
public sealed record LayerSensitivity(ImmutableArray<string> Nodes, string Operator, double Sqnr);

/// <summary>A quantized tensor.</summary>
/// <param name="Name">Its name in the float model.</param>
/// <param name="Type">Element type of its integers.</param>
/// <param name="Parameters">Scales and zero points.</param>
/// <param name="Range">The real values that it should represent: of all slices together where it has an axis.</param>
/// <param name="IsConstant">True for weights, false for activations.</param>
/// <param name="SharedWith">The tensor whose parameters it has; null where they are its own.</param>
/// <param name="Note">What is odd about it: "always zero"; else null.</param>
public sealed record TensorReport(
    string Name, DataType Type, QuantizationParameters Parameters, TensorRange Range, bool IsConstant, string? SharedWith, string? Note)
{
    /// <summary>The value that holds its integers in the quantized model; null where it has several.</summary>
    public string? IntegerName { get; init; }

    /// <summary>Signal against quantization noise in decibels: of weights at once, of activations when they were measured.</summary>
    public double? Sqnr { get; init; }

    /// <summary>How the float model's values spread over the range, in bins of equal width; empty before they were measured.</summary>
    public ImmutableArray<long> Histogram { get; init; } = [];
}

/// <summary>An operator of the float model.</summary>
/// <param name="Name">The node.</param>
/// <param name="Operator">Its operator.</param>
/// <param name="WhyFloat">Why it stays float; null where it is quantized.</param>
public sealed record NodeReport(string Name, string Operator, string? WhyFloat)
{
    /// <summary>True where it is quantized.</summary>
    public bool IsQuantized => WhyFloat is null;
}
