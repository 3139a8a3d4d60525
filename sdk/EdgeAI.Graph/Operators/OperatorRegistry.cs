using System.Collections.Frozen;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Every operator that is known, one row each. What is not here is carried as it is.</summary>
internal static class OperatorRegistry
{
    /// <summary>Operator sets of ai.onnx below this describe other rules; their operators are carried until they are upgraded.</summary>
    public const int OldestStandardVersion = 7;

    private static readonly OperatorSchema[] Standard =
    [
        Abs.Schema, Acos.Schema, Acosh.Schema, Add.Schema, And.Schema, ArgMax.Schema, ArgMin.Schema, Asin.Schema, Asinh.Schema, Atan.Schema,
        Atanh.Schema, AveragePool.Schema, BatchNormalization.Schema, BitShift.Schema, BitwiseAnd.Schema, BitwiseNot.Schema,
        BitwiseOr.Schema, BitwiseXor.Schema, Cast.Schema, CastLike.Schema, Ceil.Schema, Celu.Schema, Clip.Schema, Concat.Schema,
        Constant.Schema, ConstantOfShape.Schema, Conv.Schema, ConvInteger.Schema, ConvTranspose.Schema, Cos.Schema, Cosh.Schema,
        CumProd.Schema, CumSum.Schema, DequantizeLinear.Schema, Div.Schema, Dropout.Schema, DynamicQuantizeLinear.Schema, Elu.Schema,
        Equal.Schema, Erf.Schema, Exp.Schema, Expand.Schema, Flatten.Schema, Floor.Schema, GRU.Schema, Gather.Schema, Gelu.Schema,
        Gemm.Schema, GlobalAveragePool.Schema, GlobalLpPool.Schema, GlobalMaxPool.Schema, Greater.Schema, GreaterOrEqual.Schema,
        GroupNormalization.Schema, HardSigmoid.Schema, HardSwish.Schema, Hardmax.Schema, Identity.Schema, If.Schema,
        InstanceNormalization.Schema, IsInf.Schema, IsNaN.Schema, LRN.Schema, LSTM.Schema, LayerNormalization.Schema, LeakyRelu.Schema,
        Less.Schema, LessOrEqual.Schema, Log.Schema, LogSoftmax.Schema, Loop.Schema, LpNormalization.Schema, LpPool.Schema, MatMul.Schema,
        MatMulInteger.Schema, Max.Schema, MaxPool.Schema, Mean.Schema, MeanVarianceNormalization.Schema, Min.Schema, Mish.Schema,
        Mod.Schema, Mul.Schema, Neg.Schema, Not.Schema, NumberRange.Schema, Or.Schema, PRelu.Schema, Pad.Schema, Pow.Schema,
        QLinearConv.Schema, QLinearMatMul.Schema, QuantizeLinear.Schema, RMSNormalization.Schema, RNN.Schema, Reciprocal.Schema,
        ReduceL1.Schema, ReduceL2.Schema, ReduceLogSum.Schema, ReduceLogSumExp.Schema, ReduceMax.Schema, ReduceMean.Schema,
        ReduceMin.Schema, ReduceProd.Schema, ReduceSum.Schema, ReduceSumSquare.Schema, Relu.Schema, Reshape.Schema, Resize.Schema,
        ReverseSequence.Schema, RotaryEmbedding.Schema, Round.Schema, Scan.Schema, Scatter.Schema, ScatterElements.Schema, ScatterND.Schema,
        Selu.Schema, ShapeOf.Schema, Shrink.Schema, Sigmoid.Schema, Sign.Schema, Sin.Schema, Sinh.Schema, Size.Schema, Slice.Schema,
        Softmax.Schema, Softplus.Schema, Softsign.Schema, Split.Schema, Sqrt.Schema, Squeeze.Schema, StringConcat.Schema, Sub.Schema,
        Sum.Schema, Swish.Schema, Tan.Schema, Tanh.Schema, TensorScatter.Schema, ThresholdedRelu.Schema, Tile.Schema, Transpose.Schema,
        Trilu.Schema, Unsqueeze.Schema, Upsample.Schema, Where.Schema, Xor.Schema,
    ];

    private static readonly OperatorSchema[] ByMicrosoft =
    [
    ];

    private static readonly OperatorSchema[] ForMachineLearning =
    [
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
        var isTooOld = schema is { Domain: "" } && version < OldestStandardVersion;
        return schema is null || isTooOld || schema.SinceVersion(version) == 0 || IsFunction(model, node) ? null : schema;
    }

    /// <summary>The operator set version that a model imports; 1 where the import is missing.</summary>
    public static long Version(Model model, string domain) => Math.Max(1, model.Opset(domain));

    private static bool IsFunction(Model model, Node node) =>
        model.Functions.Count > 0 && model.Functions.Any(function => function.Domain == node.Domain && function.Name == node.OpType);
}
