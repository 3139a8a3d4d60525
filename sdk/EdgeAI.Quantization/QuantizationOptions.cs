using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Quantization;

/// <summary>
/// How a model is quantized. The defaults fit NPUs and ONNX Runtime: UInt8 activations, Int8 weights per channel, ranges from
/// the smallest to the largest value. Changed by <c>with</c>.
/// </summary>
public sealed record QuantizationOptions
{
    /// <summary>The defaults.</summary>
    public static QuantizationOptions Default { get; } = new();

    /// <summary>Element type of activations: UInt8 or Int8.</summary>
    public DataType ActivationType { get; init; } = DataType.UInt8;

    /// <summary>Element type of weights: Int8 or UInt8. Per channel they are always Int8, as integer kernels want one zero point for all channels.</summary>
    public DataType WeightType { get; init; } = DataType.Int8;

    /// <summary>True: weights of Conv, ConvTranspose, Gemm and MatMul get a scale per output channel.</summary>
    public bool PerChannel { get; init; } = true;

    /// <summary>True: activation ranges are made symmetric around zero.</summary>
    public bool SymmetricActivations { get; init; }

    /// <summary>True: weight ranges are made symmetric; null: where the weights' type is signed.</summary>
    public bool? SymmetricWeights { get; init; }

    /// <summary>True: weights use 7 bits of 8, for x64 processors without VNNI, whose 8-bit products saturate.</summary>
    public bool ReduceRange { get; init; }

    /// <summary>How activation ranges are found.</summary>
    public CalibrationMethod Method { get; init; } = CalibrationMethod.MinMax;

    /// <summary>The share in percent that <see cref="CalibrationMethod.Percentile"/> keeps inside the range.</summary>
    public double Percentile { get; init; } = 99.999;

    /// <summary>The weight of the newest sample in <see cref="CalibrationMethod.MovingAverage"/>, 0 to 1.</summary>
    public double AveragingConstant { get; init; } = 0.01;

    /// <summary>Bins that a histogram starts with; null: 128 for <see cref="CalibrationMethod.Entropy"/>, else 2048.</summary>
    public int? HistogramBins { get; init; }

    /// <summary>True: observed ranges are widened to lie symmetric around zero; null: for <see cref="CalibrationMethod.Percentile"/> only, as ONNX Runtime does.</summary>
    public bool? SymmetricRanges { get; init; }

    /// <summary>The smallest width of a range, so that nearly constant tensors do not get tiny scales; null: none.</summary>
    public float? MinimumRange { get; init; }

    /// <summary>Operators that are quantized; null: <see cref="DefaultOperators"/>.</summary>
    public ImmutableHashSet<string>? Operators { get; init; }

    /// <summary>Operators that stay float.</summary>
    public ImmutableHashSet<string> ExcludedOperators { get; init; } = [];

    /// <summary>Names of the only nodes that are quantized; empty: all.</summary>
    public ImmutableHashSet<string> Nodes { get; init; } = [];

    /// <summary>Names of nodes that stay float.</summary>
    public ImmutableHashSet<string> ExcludedNodes { get; init; } = [];

    /// <summary>Operators whose results are not quantized for their own sake.</summary>
    public ImmutableHashSet<string> UnquantizedOutputs { get; init; } = [];

    /// <summary>What single tensors are to have, by name.</summary>
    public ImmutableDictionary<string, TensorOverride> Overrides { get; init; } = ImmutableDictionary<string, TensorOverride>.Empty;

    /// <summary>True: constant biases become Int32 of scale input · weight.</summary>
    public bool QuantizeBias { get; init; } = true;

    /// <summary>True: a weight's scale is raised where its bias would pass Int32 otherwise.</summary>
    public bool AdjustWeightScales { get; init; } = true;

    /// <summary>True: each reader of an activation gets a pair of QuantizeLinear and DequantizeLinear of its own.</summary>
    public bool DedicatedPairs { get; init; }

    /// <summary>True: weights stay float behind a pair of QuantizeLinear and DequantizeLinear instead of being stored as integers.</summary>
    public bool PairsOnWeights { get; init; }

    /// <summary>True: Relu and Clip stay where the quantizer behind them does their work.</summary>
    public bool KeepActivationNodes { get; init; }

    /// <summary>True: operators that only move elements are quantized even if what they read is not quantized for others' sake.</summary>
    public bool ForceMoves { get; init; }

    /// <summary>True: weight ranges are narrowed to those of least squared error.</summary>
    public bool LeastErrorWeights { get; init; }

    /// <summary>True: biases take up the mean error that quantized weights make.</summary>
    public bool CorrectBiases { get; init; }

    /// <summary>True: the ranges of channels are evened out between neighbouring layers first.</summary>
    public bool EqualizeLayers { get; init; }

    /// <summary>Bytes that exposed activations of one run may take; a model with more is calibrated in several runs per sample.</summary>
    public long MaximumActivationBytes { get; init; } = 256 << 20;

    /// <summary>What is quantized where <see cref="Operators"/> is null: what ONNX Runtime's static quantizer takes.</summary>
    public static ImmutableHashSet<string> DefaultOperators { get; } =
    [
        "Add", "ArgMax", "AveragePool", "BatchNormalization", "Clip", "Concat", "Conv", "ConvTranspose", "CumSum", "Flatten", "Gather",
        "GatherElements", "Gemm", "GlobalAveragePool", "InstanceNormalization", "LayerNormalization", "LeakyRelu", "MatMul", "MaxPool",
        "Mul", "Pad", "Relu", "Reshape", "Resize", "Sigmoid", "Slice", "Softmax", "Split", "Squeeze", "TopK", "Transpose", "Unsqueeze",
        "Where",
    ];

    /// <summary>Checks that the settings fit each other.</summary>
    /// <exception cref="QuantizationException">They do not; the message says which and what is possible.</exception>
    public void Validate()
    {
        RequireByte(nameof(ActivationType), ActivationType);
        RequireByte(nameof(WeightType), WeightType);
        foreach (var (name, item) in Overrides)
        {
            RequireByte($"override of '{name}'", item.Type ?? DataType.UInt8);
            Require(item.Parameters is not { } own || (own.Scale > 0 && float.IsFinite(own.Scale)), $"override of '{name}': scale {item.Parameters?.Scale}; expected a positive number");
            Require(float.IsFinite(item.Minimum ?? 0) && float.IsFinite(item.Maximum ?? 0), $"override of '{name}': range {item.Minimum} to {item.Maximum}; expected numbers");
            Require(!(item.Minimum > item.Maximum), $"override of '{name}': range {item.Minimum} to {item.Maximum}; expected the smaller end first");
        }

        Require(Percentile is > 50 and <= 100, $"Percentile {Percentile}; expected more than 50 and at most 100");
        Require(AveragingConstant is > 0 and <= 1, $"AveragingConstant {AveragingConstant}; expected more than 0 and at most 1");
        Require(HistogramBins is null || (HistogramBins is >= 128 and <= 1 << 16 && HistogramBins % 2 == 0), $"HistogramBins {HistogramBins}; expected an even number from 128 to {1 << 16}");
        Require(MinimumRange is null or (>= 0 and < float.PositiveInfinity), $"MinimumRange {MinimumRange}; expected a number of at least 0");
        Require(MaximumActivationBytes > 0, $"MaximumActivationBytes {MaximumActivationBytes}; expected a positive number");
        Require(ActivationType == DataType.UInt8 || WeightType == DataType.Int8, $"Int8 activations with UInt8 weights: no integer kernel takes that; expected Int8 weights");
    }

    private static void RequireByte(string name, DataType type) =>
        Require(type is DataType.UInt8 or DataType.Int8, $"{name} {type}; expected UInt8 or Int8");

    private static void Require(bool holds, FormattableString problem)
    {
        if (!holds)
        {
            throw new QuantizationException($"Quantization options: {FormattableString.Invariant(problem)}.");
        }
    }
}
