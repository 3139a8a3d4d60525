using System.Collections.Frozen;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Every operator that is known, one row each. What is not here is carried as it is.</summary>
internal static class OperatorRegistry
{
    /// <summary>Schemas describe ai.onnx from this version on; an operator that was another one before is carried until it is upgraded.</summary>
    public const int OldestStandardVersion = 7;

    private static readonly OperatorSchema[] Standard =
    [
        Abs.Schema, Acos.Schema, Acosh.Schema, Add.Schema, Affine.Schema, AffineGrid.Schema, And.Schema, ArgMax.Schema, ArgMin.Schema,
        Asin.Schema, Asinh.Schema, Atan.Schema, Atanh.Schema, Attention.Schema, AveragePool.Schema, BatchNormalization.Schema,
        Bernoulli.Schema, BitCast.Schema, BitShift.Schema, BitwiseAnd.Schema, BitwiseNot.Schema, BitwiseOr.Schema, BitwiseXor.Schema,
        BlackmanWindow.Schema, Cast.Schema, CastLike.Schema, Ceil.Schema, Celu.Schema, CenterCropPad.Schema, Clip.Schema, Col2Im.Schema,
        Compress.Schema, Concat.Schema, ConcatFromSequence.Schema, Constant.Schema, ConstantOfShape.Schema, Conv.Schema, ConvInteger.Schema,
        ConvTranspose.Schema, Cos.Schema, Cosh.Schema, Crop.Schema, CumProd.Schema, CumSum.Schema, DFT.Schema, DeformConv.Schema,
        DepthToSpace.Schema, DequantizeLinear.Schema, Det.Schema, Div.Schema, Dropout.Schema, DynamicQuantizeLinear.Schema, Einsum.Schema,
        Elu.Schema, Equal.Schema, Erf.Schema, Exp.Schema, Expand.Schema, EyeLike.Schema, Flatten.Schema, Floor.Schema, GRU.Schema,
        Gather.Schema, GatherElements.Schema, GatherND.Schema, Gelu.Schema, Gemm.Schema, GlobalAveragePool.Schema, GlobalLpPool.Schema,
        GlobalMaxPool.Schema, Greater.Schema, GreaterOrEqual.Schema, GridSample.Schema, GroupNormalization.Schema, HammingWindow.Schema,
        HannWindow.Schema, HardSigmoid.Schema, HardSwish.Schema, Hardmax.Schema, Identity.Schema, If.Schema, ImageDecoder.Schema,
        ImageScaler.Schema, InstanceNormalization.Schema, IsInf.Schema, IsNaN.Schema, LRN.Schema, LSTM.Schema, LayerNormalization.Schema,
        LeakyRelu.Schema, Less.Schema, LessOrEqual.Schema, Log.Schema, LogSoftmax.Schema, Loop.Schema, LpNormalization.Schema,
        LpPool.Schema, MatMul.Schema, MatMulInteger.Schema, Max.Schema, MaxPool.Schema, MaxRoiPool.Schema, MaxUnpool.Schema, Mean.Schema,
        MeanVarianceNormalization.Schema, MelWeightMatrix.Schema, Min.Schema, Mish.Schema, Mod.Schema, Mul.Schema, Multinomial.Schema,
        Neg.Schema, NegativeLogLikelihoodLoss.Schema, NonMaxSuppression.Schema, NonZero.Schema, Not.Schema, NumberRange.Schema,
        OneHot.Schema, Optional.Schema, OptionalGetElement.Schema, OptionalHasElement.Schema, Or.Schema, PRelu.Schema, Pad.Schema,
        ParametricSoftplus.Schema, Pow.Schema, QLinearConv.Schema, QLinearMatMul.Schema, QuantizeLinear.Schema, RMSNormalization.Schema,
        RNN.Schema, RandomNormal.Schema, RandomNormalLike.Schema, RandomUniform.Schema, RandomUniformLike.Schema, Reciprocal.Schema,
        ReduceL1.Schema, ReduceL2.Schema, ReduceLogSum.Schema, ReduceLogSumExp.Schema, ReduceMax.Schema, ReduceMean.Schema,
        ReduceMin.Schema, ReduceProd.Schema, ReduceSum.Schema, ReduceSumSquare.Schema, RegexFullMatch.Schema, Relu.Schema, Reshape.Schema,
        Resize.Schema, ReverseSequence.Schema, RoiAlign.Schema, RotaryEmbedding.Schema, Round.Schema, STFT.Schema, ScaledTanh.Schema,
        Scan.Schema, Scatter.Schema, ScatterElements.Schema, ScatterND.Schema, Selu.Schema, SequenceAt.Schema, SequenceConstruct.Schema,
        SequenceEmpty.Schema, SequenceErase.Schema, SequenceInsert.Schema, SequenceLength.Schema, SequenceMap.Schema, ShapeOf.Schema,
        Shrink.Schema, Sigmoid.Schema, Sign.Schema, Sin.Schema, Sinh.Schema, Size.Schema, Slice.Schema, Softmax.Schema,
        SoftmaxCrossEntropyLoss.Schema, Softplus.Schema, Softsign.Schema, SpaceToDepth.Schema, Split.Schema, SplitToSequence.Schema,
        Sqrt.Schema, Squeeze.Schema, StringConcat.Schema, StringNormalizer.Schema, StringSplit.Schema, Sub.Schema, Sum.Schema, Swish.Schema,
        Tan.Schema, Tanh.Schema, TensorScatter.Schema, TfIdfVectorizer.Schema, ThresholdedRelu.Schema, Tile.Schema, TopK.Schema,
        Transpose.Schema, Trilu.Schema, Unique.Schema, Unsqueeze.Schema, Upsample.Schema, Where.Schema, Xor.Schema,
    ];

    private static readonly OperatorSchema[] ByMicrosoft =
    [
        Microsoft.Attention.Schema, Microsoft.BiasGelu.Schema, Microsoft.DequantizeLinear.Schema, Microsoft.DynamicQuantizeMatMul.Schema,
        Microsoft.EmbedLayerNormalization.Schema, Microsoft.FastGelu.Schema, Microsoft.FusedConv.Schema, Microsoft.FusedGemm.Schema,
        Microsoft.FusedMatMul.Schema, Microsoft.Gelu.Schema, Microsoft.GroupQueryAttention.Schema, Microsoft.MatMulIntegerToFloat.Schema,
        Microsoft.MatMulNBits.Schema, Microsoft.MultiHeadAttention.Schema, Microsoft.QAttention.Schema, Microsoft.QGemm.Schema,
        Microsoft.QLinearAdd.Schema, Microsoft.QLinearAveragePool.Schema, Microsoft.QLinearConcat.Schema,
        Microsoft.QLinearGlobalAveragePool.Schema, Microsoft.QLinearLeakyRelu.Schema, Microsoft.QLinearMul.Schema,
        Microsoft.QLinearSigmoid.Schema, Microsoft.QLinearSoftmax.Schema, Microsoft.QuantizeLinear.Schema, Microsoft.QuickGelu.Schema,
        Microsoft.RotaryEmbedding.Schema, Microsoft.SkipLayerNormalization.Schema, Microsoft.SkipSimplifiedLayerNormalization.Schema,
    ];

    private static readonly OperatorSchema[] ForMachineLearning =
    [
        MachineLearning.ArrayFeatureExtractor.Schema, MachineLearning.Binarizer.Schema, MachineLearning.CastMap.Schema,
        MachineLearning.CategoryMapper.Schema, MachineLearning.DictVectorizer.Schema, MachineLearning.FeatureVectorizer.Schema,
        MachineLearning.Imputer.Schema, MachineLearning.LabelEncoder.Schema, MachineLearning.LinearClassifier.Schema,
        MachineLearning.LinearRegressor.Schema, MachineLearning.Normalizer.Schema, MachineLearning.OneHotEncoder.Schema,
        MachineLearning.SVMClassifier.Schema, MachineLearning.SVMRegressor.Schema, MachineLearning.Scaler.Schema,
        MachineLearning.TreeEnsemble.Schema, MachineLearning.TreeEnsembleClassifier.Schema, MachineLearning.TreeEnsembleRegressor.Schema,
        MachineLearning.ZipMap.Schema,
    ];

    private static readonly FrozenDictionary<(string Domain, string Name), OperatorSchema> ByName =
        All.ToFrozenDictionary(schema => (schema.Domain, schema.Name));

    /// <summary>The whole table.</summary>
    public static IEnumerable<OperatorSchema> All => Standard.Concat(ByMicrosoft).Concat(ForMachineLearning);

    /// <summary>The operator of that domain and name, whatever the version; null where it is not known.</summary>
    public static OperatorSchema? Find(string domain, string name) =>
        ByName.GetValueOrDefault((domain is "ai.onnx" ? "" : domain, name));

    /// <summary>The operator of a node; null where it is not known, is a function of the model, or is of an operator set too old to describe.</summary>
    public static OperatorSchema? Find(Model model, Node node)
    {
        var schema = Find(node.Domain, node.OpType);
        var version = Version(model, node.Domain);
        var isTooOld = schema is { Domain: "" } && version < OldestStandardVersion && schema.SinceVersion(version) != schema.SinceVersion(OldestStandardVersion);
        return schema is null || isTooOld || schema.SinceVersion(version) == 0 || IsFunction(model, node) ? null : schema;
    }

    /// <summary>The operator set version that a model imports; 1 where the import is missing.</summary>
    public static long Version(Model model, string domain) => Math.Max(1, model.Opset(domain));

    private static bool IsFunction(Model model, Node node) => model.FunctionList.Contains(node.Domain, node.OpType);
}
