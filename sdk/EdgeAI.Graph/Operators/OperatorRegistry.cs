using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>
/// Every operator that is known, by name. What is not here is carried as it is. A schema is made when a model first asks for it:
/// making all of them was 600 of the 1,500 methods that a program's first load compiled.
/// </summary>
internal static class OperatorRegistry
{
    /// <summary>Schemas describe ai.onnx from this version on; an operator that was another one before is carried until it is upgraded.</summary>
    public const int OldestStandardVersion = 7;

    private static readonly Dictionary<string, Func<OperatorSchema>> Standard = new(StringComparer.Ordinal)
    {
        ["Abs"] = () => Abs.Schema, ["Acos"] = () => Acos.Schema, ["Acosh"] = () => Acosh.Schema, ["Add"] = () => Add.Schema,
        ["Affine"] = () => Affine.Schema, ["AffineGrid"] = () => AffineGrid.Schema, ["And"] = () => And.Schema, ["ArgMax"] = () => ArgMax.Schema,
        ["ArgMin"] = () => ArgMin.Schema, ["Asin"] = () => Asin.Schema, ["Asinh"] = () => Asinh.Schema, ["Atan"] = () => Atan.Schema,
        ["Atanh"] = () => Atanh.Schema, ["Attention"] = () => Attention.Schema, ["AveragePool"] = () => AveragePool.Schema,
        ["BatchNormalization"] = () => BatchNormalization.Schema, ["Bernoulli"] = () => Bernoulli.Schema, ["BitCast"] = () => BitCast.Schema,
        ["BitShift"] = () => BitShift.Schema, ["BitwiseAnd"] = () => BitwiseAnd.Schema, ["BitwiseNot"] = () => BitwiseNot.Schema,
        ["BitwiseOr"] = () => BitwiseOr.Schema, ["BitwiseXor"] = () => BitwiseXor.Schema, ["BlackmanWindow"] = () => BlackmanWindow.Schema,
        ["Cast"] = () => Cast.Schema, ["CastLike"] = () => CastLike.Schema, ["Ceil"] = () => Ceil.Schema, ["Celu"] = () => Celu.Schema,
        ["CenterCropPad"] = () => CenterCropPad.Schema, ["Clip"] = () => Clip.Schema, ["Col2Im"] = () => Col2Im.Schema,
        ["Compress"] = () => Compress.Schema, ["Concat"] = () => Concat.Schema, ["ConcatFromSequence"] = () => ConcatFromSequence.Schema,
        ["Constant"] = () => Constant.Schema, ["ConstantOfShape"] = () => ConstantOfShape.Schema, ["Conv"] = () => Conv.Schema,
        ["ConvInteger"] = () => ConvInteger.Schema, ["ConvTranspose"] = () => ConvTranspose.Schema, ["Cos"] = () => Cos.Schema,
        ["Cosh"] = () => Cosh.Schema, ["Crop"] = () => Crop.Schema, ["CumProd"] = () => CumProd.Schema, ["CumSum"] = () => CumSum.Schema,
        ["DFT"] = () => DFT.Schema, ["DeformConv"] = () => DeformConv.Schema, ["DepthToSpace"] = () => DepthToSpace.Schema,
        ["DequantizeLinear"] = () => DequantizeLinear.Schema, ["Det"] = () => Det.Schema, ["Div"] = () => Div.Schema,
        ["Dropout"] = () => Dropout.Schema, ["DynamicQuantizeLinear"] = () => DynamicQuantizeLinear.Schema, ["Einsum"] = () => Einsum.Schema,
        ["Elu"] = () => Elu.Schema, ["Equal"] = () => Equal.Schema, ["Erf"] = () => Erf.Schema, ["Exp"] = () => Exp.Schema,
        ["Expand"] = () => Expand.Schema, ["EyeLike"] = () => EyeLike.Schema, ["Flatten"] = () => Flatten.Schema, ["Floor"] = () => Floor.Schema,
        ["GRU"] = () => GRU.Schema, ["Gather"] = () => Gather.Schema, ["GatherElements"] = () => GatherElements.Schema,
        ["GatherND"] = () => GatherND.Schema, ["Gelu"] = () => Gelu.Schema, ["Gemm"] = () => Gemm.Schema,
        ["GlobalAveragePool"] = () => GlobalAveragePool.Schema, ["GlobalLpPool"] = () => GlobalLpPool.Schema,
        ["GlobalMaxPool"] = () => GlobalMaxPool.Schema, ["Greater"] = () => Greater.Schema, ["GreaterOrEqual"] = () => GreaterOrEqual.Schema,
        ["GridSample"] = () => GridSample.Schema, ["GroupNormalization"] = () => GroupNormalization.Schema,
        ["HammingWindow"] = () => HammingWindow.Schema, ["HannWindow"] = () => HannWindow.Schema, ["HardSigmoid"] = () => HardSigmoid.Schema,
        ["HardSwish"] = () => HardSwish.Schema, ["Hardmax"] = () => Hardmax.Schema, ["Identity"] = () => Identity.Schema, ["If"] = () => If.Schema,
        ["ImageDecoder"] = () => ImageDecoder.Schema, ["ImageScaler"] = () => ImageScaler.Schema,
        ["InstanceNormalization"] = () => InstanceNormalization.Schema, ["IsInf"] = () => IsInf.Schema, ["IsNaN"] = () => IsNaN.Schema,
        ["LRN"] = () => LRN.Schema, ["LSTM"] = () => LSTM.Schema, ["LayerNormalization"] = () => LayerNormalization.Schema,
        ["LeakyRelu"] = () => LeakyRelu.Schema, ["Less"] = () => Less.Schema, ["LessOrEqual"] = () => LessOrEqual.Schema, ["Log"] = () => Log.Schema,
        ["LogSoftmax"] = () => LogSoftmax.Schema, ["Loop"] = () => Loop.Schema, ["LpNormalization"] = () => LpNormalization.Schema,
        ["LpPool"] = () => LpPool.Schema, ["MatMul"] = () => MatMul.Schema, ["MatMulInteger"] = () => MatMulInteger.Schema,
        ["Max"] = () => Max.Schema, ["MaxPool"] = () => MaxPool.Schema, ["MaxRoiPool"] = () => MaxRoiPool.Schema,
        ["MaxUnpool"] = () => MaxUnpool.Schema, ["Mean"] = () => Mean.Schema, ["MeanVarianceNormalization"] = () => MeanVarianceNormalization.Schema,
        ["MelWeightMatrix"] = () => MelWeightMatrix.Schema, ["Min"] = () => Min.Schema, ["Mish"] = () => Mish.Schema, ["Mod"] = () => Mod.Schema,
        ["Mul"] = () => Mul.Schema, ["Multinomial"] = () => Multinomial.Schema, ["Neg"] = () => Neg.Schema,
        ["NegativeLogLikelihoodLoss"] = () => NegativeLogLikelihoodLoss.Schema, ["NonMaxSuppression"] = () => NonMaxSuppression.Schema,
        ["NonZero"] = () => NonZero.Schema, ["Not"] = () => Not.Schema, ["Range"] = () => NumberRange.Schema, ["OneHot"] = () => OneHot.Schema,
        ["Optional"] = () => Optional.Schema, ["OptionalGetElement"] = () => OptionalGetElement.Schema,
        ["OptionalHasElement"] = () => OptionalHasElement.Schema, ["Or"] = () => Or.Schema, ["PRelu"] = () => PRelu.Schema,
        ["Pad"] = () => Pad.Schema, ["ParametricSoftplus"] = () => ParametricSoftplus.Schema, ["Pow"] = () => Pow.Schema,
        ["QLinearConv"] = () => QLinearConv.Schema, ["QLinearMatMul"] = () => QLinearMatMul.Schema, ["QuantizeLinear"] = () => QuantizeLinear.Schema,
        ["RMSNormalization"] = () => RMSNormalization.Schema, ["RNN"] = () => RNN.Schema, ["RandomNormal"] = () => RandomNormal.Schema,
        ["RandomNormalLike"] = () => RandomNormalLike.Schema, ["RandomUniform"] = () => RandomUniform.Schema,
        ["RandomUniformLike"] = () => RandomUniformLike.Schema, ["Reciprocal"] = () => Reciprocal.Schema, ["ReduceL1"] = () => ReduceL1.Schema,
        ["ReduceL2"] = () => ReduceL2.Schema, ["ReduceLogSum"] = () => ReduceLogSum.Schema, ["ReduceLogSumExp"] = () => ReduceLogSumExp.Schema,
        ["ReduceMax"] = () => ReduceMax.Schema, ["ReduceMean"] = () => ReduceMean.Schema, ["ReduceMin"] = () => ReduceMin.Schema,
        ["ReduceProd"] = () => ReduceProd.Schema, ["ReduceSum"] = () => ReduceSum.Schema, ["ReduceSumSquare"] = () => ReduceSumSquare.Schema,
        ["RegexFullMatch"] = () => RegexFullMatch.Schema, ["Relu"] = () => Relu.Schema, ["Reshape"] = () => Reshape.Schema,
        ["Resize"] = () => Resize.Schema, ["ReverseSequence"] = () => ReverseSequence.Schema, ["RoiAlign"] = () => RoiAlign.Schema,
        ["RotaryEmbedding"] = () => RotaryEmbedding.Schema, ["Round"] = () => Round.Schema, ["STFT"] = () => STFT.Schema,
        ["ScaledTanh"] = () => ScaledTanh.Schema, ["Scan"] = () => Scan.Schema, ["Scatter"] = () => Scatter.Schema,
        ["ScatterElements"] = () => ScatterElements.Schema, ["ScatterND"] = () => ScatterND.Schema, ["Selu"] = () => Selu.Schema,
        ["SequenceAt"] = () => SequenceAt.Schema, ["SequenceConstruct"] = () => SequenceConstruct.Schema,
        ["SequenceEmpty"] = () => SequenceEmpty.Schema, ["SequenceErase"] = () => SequenceErase.Schema,
        ["SequenceInsert"] = () => SequenceInsert.Schema, ["SequenceLength"] = () => SequenceLength.Schema,
        ["SequenceMap"] = () => SequenceMap.Schema, ["Shape"] = () => ShapeOf.Schema, ["Shrink"] = () => Shrink.Schema,
        ["Sigmoid"] = () => Sigmoid.Schema, ["Sign"] = () => Sign.Schema, ["Sin"] = () => Sin.Schema, ["Sinh"] = () => Sinh.Schema,
        ["Size"] = () => Size.Schema, ["Slice"] = () => Slice.Schema, ["Softmax"] = () => Softmax.Schema,
        ["SoftmaxCrossEntropyLoss"] = () => SoftmaxCrossEntropyLoss.Schema, ["Softplus"] = () => Softplus.Schema,
        ["Softsign"] = () => Softsign.Schema, ["SpaceToDepth"] = () => SpaceToDepth.Schema, ["Split"] = () => Split.Schema,
        ["SplitToSequence"] = () => SplitToSequence.Schema, ["Sqrt"] = () => Sqrt.Schema, ["Squeeze"] = () => Squeeze.Schema,
        ["StringConcat"] = () => StringConcat.Schema, ["StringNormalizer"] = () => StringNormalizer.Schema,
        ["StringSplit"] = () => StringSplit.Schema, ["Sub"] = () => Sub.Schema, ["Sum"] = () => Sum.Schema, ["Swish"] = () => Swish.Schema,
        ["Tan"] = () => Tan.Schema, ["Tanh"] = () => Tanh.Schema, ["TensorScatter"] = () => TensorScatter.Schema,
        ["TfIdfVectorizer"] = () => TfIdfVectorizer.Schema, ["ThresholdedRelu"] = () => ThresholdedRelu.Schema, ["Tile"] = () => Tile.Schema,
        ["TopK"] = () => TopK.Schema, ["Transpose"] = () => Transpose.Schema, ["Trilu"] = () => Trilu.Schema, ["Unique"] = () => Unique.Schema,
        ["Unsqueeze"] = () => Unsqueeze.Schema, ["Upsample"] = () => Upsample.Schema, ["Where"] = () => Where.Schema, ["Xor"] = () => Xor.Schema,
    };

    private static readonly Dictionary<string, Func<OperatorSchema>> ByMicrosoft = new(StringComparer.Ordinal)
    {
        ["Attention"] = () => Microsoft.Attention.Schema, ["BiasAdd"] = () => Microsoft.BiasAdd.Schema,
        ["BiasGelu"] = () => Microsoft.BiasGelu.Schema, ["BiasSoftmax"] = () => Microsoft.BiasSoftmax.Schema,
        ["CDist"] = () => Microsoft.CDist.Schema, ["ConvTransposeWithDynamicPads"] = () => Microsoft.ConvTransposeWithDynamicPads.Schema,
        ["CropAndResize"] = () => Microsoft.CropAndResize.Schema, ["DequantizeLinear"] = () => Microsoft.DequantizeLinear.Schema,
        ["DynamicQuantizeLSTM"] = () => Microsoft.DynamicQuantizeLSTM.Schema,
        ["DynamicQuantizeMatMul"] = () => Microsoft.DynamicQuantizeMatMul.Schema,
        ["EmbedLayerNormalization"] = () => Microsoft.EmbedLayerNormalization.Schema, ["ExpandDims"] = () => Microsoft.ExpandDims.Schema,
        ["FastGelu"] = () => Microsoft.FastGelu.Schema, ["FusedConv"] = () => Microsoft.FusedConv.Schema,
        ["FusedGemm"] = () => Microsoft.FusedGemm.Schema, ["FusedMatMul"] = () => Microsoft.FusedMatMul.Schema,
        ["FusedMatMulActivation"] = () => Microsoft.FusedMatMulActivation.Schema, ["GatherND"] = () => Microsoft.GatherND.Schema,
        ["Gelu"] = () => Microsoft.Gelu.Schema, ["GroupNorm"] = () => Microsoft.GroupNorm.Schema,
        ["GroupQueryAttention"] = () => Microsoft.GroupQueryAttention.Schema, ["Inverse"] = () => Microsoft.Inverse.Schema,
        ["IsAllFinite"] = () => Microsoft.IsAllFinite.Schema, ["MatMulBnb4"] = () => Microsoft.MatMulBnb4.Schema,
        ["MatMulInteger16"] = () => Microsoft.MatMulInteger16.Schema, ["MatMulIntegerToFloat"] = () => Microsoft.MatMulIntegerToFloat.Schema,
        ["MatMulNBits"] = () => Microsoft.MatMulNBits.Schema, ["MaxpoolWithMask"] = () => Microsoft.MaxpoolWithMask.Schema,
        ["MulInteger"] = () => Microsoft.MulInteger.Schema, ["MultiHeadAttention"] = () => Microsoft.MultiHeadAttention.Schema,
        ["MurmurHash3"] = () => Microsoft.MurmurHash3.Schema, ["NGramRepeatBlock"] = () => Microsoft.NGramRepeatBlock.Schema,
        ["NhwcFusedConv"] = () => Microsoft.NhwcFusedConv.Schema, ["NhwcMaxPool"] = () => Microsoft.NhwcMaxPool.Schema,
        ["Pad"] = () => Microsoft.Pad.Schema, ["QAttention"] = () => Microsoft.QAttention.Schema,
        ["QEmbedLayerNormalization"] = () => Microsoft.QEmbedLayerNormalization.Schema, ["QGemm"] = () => Microsoft.QGemm.Schema,
        ["QLinearAdd"] = () => Microsoft.QLinearAdd.Schema, ["QLinearAveragePool"] = () => Microsoft.QLinearAveragePool.Schema,
        ["QLinearConcat"] = () => Microsoft.QLinearConcat.Schema, ["QLinearConv"] = () => Microsoft.QLinearConv.Schema,
        ["QLinearGlobalAveragePool"] = () => Microsoft.QLinearGlobalAveragePool.Schema,
        ["QLinearLeakyRelu"] = () => Microsoft.QLinearLeakyRelu.Schema, ["QLinearMul"] = () => Microsoft.QLinearMul.Schema,
        ["QLinearReduceMean"] = () => Microsoft.QLinearReduceMean.Schema, ["QLinearSigmoid"] = () => Microsoft.QLinearSigmoid.Schema,
        ["QLinearSoftmax"] = () => Microsoft.QLinearSoftmax.Schema, ["QLinearWhere"] = () => Microsoft.QLinearWhere.Schema,
        ["QuantizeLinear"] = () => Microsoft.QuantizeLinear.Schema, ["QuickGelu"] = () => Microsoft.QuickGelu.Schema,
        ["Range"] = () => Microsoft.Range.Schema, ["ReduceSumInteger"] = () => Microsoft.ReduceSumInteger.Schema,
        ["RotaryEmbedding"] = () => Microsoft.RotaryEmbedding.Schema, ["SampleOp"] = () => Microsoft.SampleOp.Schema,
        ["SkipGroupNorm"] = () => Microsoft.SkipGroupNorm.Schema, ["SkipLayerNormalization"] = () => Microsoft.SkipLayerNormalization.Schema,
        ["SkipSimplifiedLayerNormalization"] = () => Microsoft.SkipSimplifiedLayerNormalization.Schema,
        ["Tokenizer"] = () => Microsoft.Tokenizer.Schema, ["TransposeMatMul"] = () => Microsoft.TransposeMatMul.Schema,
        ["Trilu"] = () => Microsoft.Trilu.Schema, ["Unique"] = () => Microsoft.Unique.Schema,
    };

    private static readonly Dictionary<string, Func<OperatorSchema>> ForMachineLearning = new(StringComparer.Ordinal)
    {
        ["ArrayFeatureExtractor"] = () => MachineLearning.ArrayFeatureExtractor.Schema, ["Binarizer"] = () => MachineLearning.Binarizer.Schema,
        ["CastMap"] = () => MachineLearning.CastMap.Schema, ["CategoryMapper"] = () => MachineLearning.CategoryMapper.Schema,
        ["DictVectorizer"] = () => MachineLearning.DictVectorizer.Schema, ["FeatureVectorizer"] = () => MachineLearning.FeatureVectorizer.Schema,
        ["Imputer"] = () => MachineLearning.Imputer.Schema, ["LabelEncoder"] = () => MachineLearning.LabelEncoder.Schema,
        ["LinearClassifier"] = () => MachineLearning.LinearClassifier.Schema, ["LinearRegressor"] = () => MachineLearning.LinearRegressor.Schema,
        ["Normalizer"] = () => MachineLearning.Normalizer.Schema, ["OneHotEncoder"] = () => MachineLearning.OneHotEncoder.Schema,
        ["SVMClassifier"] = () => MachineLearning.SVMClassifier.Schema, ["SVMRegressor"] = () => MachineLearning.SVMRegressor.Schema,
        ["Scaler"] = () => MachineLearning.Scaler.Schema, ["TreeEnsemble"] = () => MachineLearning.TreeEnsemble.Schema,
        ["TreeEnsembleClassifier"] = () => MachineLearning.TreeEnsembleClassifier.Schema,
        ["TreeEnsembleRegressor"] = () => MachineLearning.TreeEnsembleRegressor.Schema, ["ZipMap"] = () => MachineLearning.ZipMap.Schema,
    };

    /// <summary>The whole table; makes every schema.</summary>
    public static IEnumerable<OperatorSchema> All => Standard.Values.Concat(ByMicrosoft.Values).Concat(ForMachineLearning.Values).Select(schema => schema());

    /// <summary>The operator of that domain and name, whatever the version; null where it is not known.</summary>
    public static OperatorSchema? Find(string domain, string name) => domain switch
    {
        "" or "ai.onnx" => Standard.GetValueOrDefault(name)?.Invoke(),
        "com.microsoft" => ByMicrosoft.GetValueOrDefault(name)?.Invoke(),
        "ai.onnx.ml" => ForMachineLearning.GetValueOrDefault(name)?.Invoke(),
        _ => null,
    };

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
