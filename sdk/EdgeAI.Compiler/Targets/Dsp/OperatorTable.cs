using EdgeAI.Compiler.Targets.Dsp.Lowering;
using EdgeAI.Graph;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp;

/// <summary>The operators that the vector processor runs, one row each.</summary>
internal static class OperatorTable
{
    private static readonly Dictionary<string, NodeLowering> Rows = new(StringComparer.Ordinal)
    {
        // Element by element
        ["Add"] = Elementwise.Fold(VectorOpcode.Add),
        ["Sub"] = Elementwise.Fold(VectorOpcode.Subtract),
        ["Mul"] = Elementwise.Fold(VectorOpcode.Multiply),
        ["Div"] = Elementwise.Fold(VectorOpcode.Divide),
        ["Min"] = Elementwise.Fold(VectorOpcode.Minimum),
        ["Max"] = Elementwise.Fold(VectorOpcode.Maximum),
        ["Sum"] = Elementwise.Fold(VectorOpcode.Add),
        ["Pow"] = Elementwise.Power,
        ["Abs"] = Elementwise.Unary(VectorOpcode.Absolute),
        ["Neg"] = Elementwise.Unary(VectorOpcode.Negate),
        ["Sqrt"] = Elementwise.Unary(VectorOpcode.SquareRoot),
        ["Reciprocal"] = Elementwise.Unary(VectorOpcode.Reciprocal),
        ["Floor"] = Elementwise.Unary(VectorOpcode.Floor),
        ["Ceil"] = Elementwise.Unary(VectorOpcode.Ceiling),
        ["Round"] = Elementwise.Unary(VectorOpcode.Round),
        ["Exp"] = Elementwise.Unary(VectorOpcode.Exponential),
        ["Log"] = Elementwise.Unary(VectorOpcode.Logarithm),
        ["Tanh"] = Elementwise.Unary(VectorOpcode.Tangent),
        ["Sigmoid"] = Elementwise.Unary(VectorOpcode.Sigmoid),
        ["Erf"] = Elementwise.Unary(VectorOpcode.Error),
        ["Relu"] = Activations.Relu,
        ["LeakyRelu"] = Activations.LeakyRelu,
        ["PRelu"] = Activations.PRelu,
        ["ThresholdedRelu"] = Activations.ThresholdedRelu,
        ["Elu"] = Activations.Elu,
        ["Selu"] = Activations.Selu,
        ["Celu"] = Activations.Celu,
        ["Clip"] = Activations.Clip,
        ["HardSigmoid"] = Activations.HardSigmoid,
        ["HardSwish"] = Activations.HardSwish,
        ["Gelu"] = Activations.Gelu,
        ["Softplus"] = Activations.Softplus,
        ["Softsign"] = Activations.Softsign,
        ["Mish"] = Activations.Mish,
        ["Where"] = Elementwise.Where,
        ["Greater"] = Elementwise.Compare(VectorOpcode.Less, isSwapped: true),
        ["GreaterOrEqual"] = Elementwise.Compare(VectorOpcode.LessOrEqual, isSwapped: true),
        ["Less"] = Elementwise.Compare(VectorOpcode.Less, isSwapped: false),
        ["LessOrEqual"] = Elementwise.Compare(VectorOpcode.LessOrEqual, isSwapped: false),
        ["Equal"] = Elementwise.Compare(VectorOpcode.Equal, isSwapped: false),
        ["And"] = Elementwise.Logic(VectorOpcode.Minimum),
        ["Or"] = Elementwise.Logic(VectorOpcode.Maximum),
        ["Not"] = Elementwise.Not,
        ["QuantizeLinear"] = Quantizers.Quantize,
        ["DequantizeLinear"] = Quantizers.Dequantize,

        // Reductions and blocks
        ["ReduceSum"] = new ReduceLowering(VectorOpcode.AccumulateSum),
        ["ReduceMean"] = new ReduceLowering(VectorOpcode.AccumulateSum, isMean: true),
        ["ReduceMax"] = new ReduceLowering(VectorOpcode.AccumulateMaximum),
        ["ReduceMin"] = new ReduceLowering(VectorOpcode.AccumulateMinimum),
        ["ReduceSumSquare"] = new ReduceLowering(VectorOpcode.AccumulateSum, before: (loop, x) => loop.Multiply(x, x)),
        ["ReduceL1"] = new ReduceLowering(VectorOpcode.AccumulateSum, before: (loop, x) => loop.Unary(VectorOpcode.Absolute, x)),
        ["ReduceL2"] = new ReduceLowering(
            VectorOpcode.AccumulateSum, before: (loop, x) => loop.Multiply(x, x), after: (loop, x) => loop.Unary(VectorOpcode.SquareRoot, x)),
        ["GlobalAveragePool"] = new ReduceLowering(VectorOpcode.AccumulateSum, isMean: true, isGlobalPool: true),
        ["GlobalMaxPool"] = new ReduceLowering(VectorOpcode.AccumulateMaximum, isGlobalPool: true),
        ["Softmax"] = new SoftmaxLowering(isLogarithmic: false),
        ["LogSoftmax"] = new SoftmaxLowering(isLogarithmic: true),
        ["MatMul"] = new MatMulLowering(),
        ["Gemm"] = new GemmLowering(),
        ["STFT"] = new StftLowering(),

        // Bytes in other places and shapes
        ["Identity"] = new ReshapeLowering(),
        ["Reshape"] = new ReshapeLowering(),
        ["Flatten"] = new ReshapeLowering(),
        ["Squeeze"] = new ReshapeLowering(),
        ["Unsqueeze"] = new ReshapeLowering(),
        ["Dropout"] = new ReshapeLowering(),
        ["Pad"] = new PadLowering(),
        ["Transpose"] = new TransposeLowering(),
        ["Slice"] = new SliceLowering(),
        ["Concat"] = new ConcatLowering(),
        ["Split"] = new SplitLowering(),
        ["Expand"] = new ExpandLowering(),
    };

    /// <summary>Operators of ai.onnx that have a row, in alphabetical order.</summary>
    public static IEnumerable<string> Names => Rows.Keys.Order(StringComparer.Ordinal);

    /// <summary>The row of a node's operator; null when there is none.</summary>
    public static NodeLowering? Find(Node node) =>
        node.Domain.Length == 0 || (node.Domain == "com.microsoft" && node.OpType == "Gelu") ? Rows.GetValueOrDefault(node.OpType) : null;
}
