using System.Collections.Frozen;
using EdgeAI.Graph.Operators;

namespace EdgeAI.Graph.Upgrades;

/// <summary>
/// Every step of an operator from one version to the next that this library knows: by a rule, or because the old form means the same
/// in the new version. A step that stands in neither is refused, not guessed. The facts are those of the operators' changelog.
/// </summary>
internal static class UpgradeTable
{
    /// <summary>All rules: defects first, then by version.</summary>
    public static IReadOnlyList<UpgradeRule> Rules { get; } =
    [
        .. Defects.Rules,
        .. FirstOperators.Rules, .. RemovedOperators.Rules, .. Broadcasting.Rules, .. Normalizations.Rules, .. Resampling.Rules,
        .. AttributesToInputs.Rules, .. AxisSemantics.Rules, .. ChangedDefaults.Rules,
    ];

    /// <summary>Steps that widen types, add attributes and operands with defaults of the old meaning, or only say more clearly what was meant.</summary>
    private static readonly (int Version, string Operators)[] Compatible =
    [
        (3, "GRU"),
        (6, "Gemm"),
        (7, "AveragePool Multinomial"),
        (8, "Max MaxPool Mean Min Sum"),
        (9, "Cast Constant Flatten Gemm Greater Less MatMul PRelu"),
        (10, "AveragePool MaxPool ThresholdedRelu"),
        (11, "ArgMax ArgMin AveragePool Compress Concat Constant Conv ConvTranspose DepthToSpace Equal Flatten Gather Gemm Hardmax If " +
            "LogSoftmax Loop LpPool MaxPool MaxUnpool NonMaxSuppression OneHot ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax " +
            "ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Scan Slice Softmax Split Squeeze TopK Unsqueeze"),
        (12, "ArgMax ArgMin Clip Constant GatherND Max MaxPool Min Pow ReduceMax ReduceMin"),
        (13, "Abs Add ArgMax ArgMin Cast Ceil Clip Concat Constant DepthToSpace DequantizeLinear Div Dropout Equal Erf Exp Expand Flatten " +
            "Floor Gather GatherElements GatherND Gemm Greater Identity If IsNaN LRN Less Log Loop MatMul Max Mean " +
            "MeanVarianceNormalization Min Mod Mul Neg NegativeLogLikelihoodLoss NonZero Pad Pow QuantizeLinear Reciprocal ReduceL1 " +
            "ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare Relu Reshape Resize " +
            "ScatterElements ScatterND Shape Sigmoid Sign Size Slice SoftmaxCrossEntropyLoss SpaceToDepth Sqrt Sub Sum Tanh Tile Transpose"),
        (14, "Add CumSum Div GRU Identity LSTM Mul RNN Relu Reshape Sub"),
        (15, "BatchNormalization Pow Shape"),
        (16, "GreaterOrEqual Identity If LeakyRelu LessOrEqual Loop PRelu Scan ScatterElements ScatterND Where"),
        (18, "LpPool OptionalGetElement OptionalHasElement Pad Resize ScatterElements ScatterND"),
        (19, "AveragePool Cast CastLike Constant DequantizeLinear Equal Identity If Loop Pad QuantizeLinear Reshape Resize Scan Shape Size"),
        (20, "ConstantOfShape IsInf IsNaN ReduceMax ReduceMin"),
        (21, "Cast CastLike Constant ConstantOfShape DequantizeLinear Flatten Identity If Loop Pad QLinearMatMul QuantizeLinear Reshape Scan " +
            "Shape Size Squeeze Transpose Unsqueeze"),
        (22, "Acos Acosh Asin Asinh Atan Atanh AveragePool Bernoulli Conv ConvTranspose Cos Cosh DeformConv Det Dropout Elu EyeLike GRU " +
            "GlobalAveragePool GlobalLpPool GlobalMaxPool GridSample HardSigmoid HardSwish InstanceNormalization LSTM LpNormalization LpPool " +
            "MaxPool MaxRoiPool MaxUnpool Mish Multinomial NegativeLogLikelihoodLoss RNN RandomNormal RandomNormalLike RandomUniform " +
            "RandomUniformLike RoiAlign Round Selu Sin Sinh Softplus Softsign Tan ThresholdedRelu"),
        (23, "Cast CastLike Constant ConstantOfShape DequantizeLinear Flatten Identity If Loop Pad QuantizeLinear Reshape Scan Shape Size " +
            "Squeeze Transpose Unsqueeze"),
        (24, "Attention Cast CastLike Constant ConstantOfShape DequantizeLinear Flatten Identity If Loop Pad QuantizeLinear Reshape Scan " +
            "Shape Size SplitToSequence Squeeze TopK Transpose Unsqueeze"),
        (25, "Attention Cast CastLike Constant ConstantOfShape DequantizeLinear Flatten Identity If Loop Pad QuantizeLinear Reshape Scan " +
            "Shape Size Squeeze Transpose Unsqueeze"),
    ];

    private static readonly FrozenDictionary<(string Operator, int Version), UpgradeRule> ByStep = Rules.Where(rule => rule.IsSeen is null)
        .SelectMany(rule => rule.OperatorNames.Select(name => KeyValuePair.Create((name, rule.Version), rule))).ToFrozenDictionary();

    private static readonly FrozenSet<(string Operator, int Version)> CompatibleSteps = Compatible
        .SelectMany(row => row.Operators.Split(' ').Select(name => (name, row.Version))).ToFrozenSet();

    private static readonly FrozenSet<string> Removed = RemovedOperators.Rules.SelectMany(rule => rule.OperatorNames).ToFrozenSet();

    /// <summary>True for operators of version 1 that no later version has; their nodes are of version 1 whatever the model imports.</summary>
    public static bool IsRemoved(Node node) => node.Domain.Length == 0 && Removed.Contains(node.OpType);

    /// <summary>True where the step of an operator to a version is known.</summary>
    public static bool Covers(string opType, int version) => ByStep.ContainsKey((opType, version)) || CompatibleSteps.Contains((opType, version));

    /// <summary>The rules to try on a node of one version on its way to another, in order: its defects, its steps, and what is a defect only at the end.</summary>
    /// <exception cref="ModelFormatException">A step of its operator is not known.</exception>
    public static IEnumerable<UpgradeRule> For(Node node, long from, long target) =>
        node.Domain.Length > 0 ? [] : [.. Defects.Of(node, 0, from), .. Steps(node, from, target), .. Defects.Of(node, from, target)];

    private static IEnumerable<UpgradeRule> Steps(Node node, long from, long target)
    {
        var since = OperatorRegistry.Find("", node.OpType)?.Since ?? [];
        // No operator has steps beyond the newest set; a version that a file made up may be any number.
        var last = (int)Math.Min(target, ModelUpgrade.NewestOpset);
        for (var version = (int)Math.Clamp(from, 0, last < 0 ? 0 : last) + 1; version <= last; version++)
        {
            if (ByStep.TryGetValue((node.OpType, version), out var rule))
            {
                yield return rule;
            }
            else if (since.IndexOf(version) > 0 && !CompatibleSteps.Contains((node.OpType, version)))
            {
                throw new ModelFormatException($"{node}: no upgrade rule takes {node.OpType} to version {version} of ai.onnx; found version {from}, wanted {target}.");
            }
        }
    }
}
