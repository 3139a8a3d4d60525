using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Costs;

/// <summary>How much work a unit is, whoever does it.</summary>
/// <param name="MultiplyAdds">Multiply-accumulates of convolutions, matrix products and recurrent cells.</param>
/// <param name="ElementOperations">Simple operations on elements, weighted (an exponential counts more than an addition).</param>
/// <param name="ActivationBytes">Bytes of run-time tensors read and written.</param>
/// <param name="WeightBytes">Bytes of constants read.</param>
/// <param name="IsInteger">True when the arithmetic is 8-bit.</param>
internal readonly record struct WorkEstimate(
    double MultiplyAdds, double ElementOperations, double ActivationBytes, double WeightBytes, bool IsInteger)
{
    /// <summary>Extent assumed where a shape is not known: placement needs a number, and only the CPU takes such units.</summary>
    private const long AssumedExtent = 16;

    /// <summary>The work of a unit.</summary>
    public static WorkEstimate Of(GraphUnit unit)
    {
        var activations = unit.Inputs.Concat(unit.Outputs).Sum(Bytes);
        var weights = unit.Nodes.SelectMany(node => node.Inputs).OfType<Value>().Where(value => value.Constant is not null).Distinct().Sum(Bytes);
        var macs = unit.Nodes.Sum(MultiplyAddsOf);
        var elements = unit.Nodes.Where(node => unit.Nodes.Length == 1 || !IsQuantizer(node)).Sum(ElementOperationsOf);
        return new WorkEstimate(macs, elements, activations, weights, ComputesInIntegers(unit));
    }

    private static bool ComputesInIntegers(GraphUnit unit) =>
        unit.IsQuantized || unit.Anchor.OpType.StartsWith("QLinear", StringComparison.Ordinal)
        || unit.Anchor.OpType is "ConvInteger" or "MatMulInteger" or "QGemm"
        || unit.Inputs.Concat(unit.Outputs).All(value => value.Element.IsQuantized8());

    private static bool IsQuantizer(Node node) => node.OpType is "QuantizeLinear" or "DequantizeLinear";

    private static double MultiplyAddsOf(Node node) => node.OpType switch
    {
        "Conv" or "ConvInteger" => Count(node.Output(0)) * KernelElements(node.Input(1)),
        "QLinearConv" => Count(node.Output(0)) * KernelElements(node.Input(3)),
        "ConvTranspose" => Count(node.Input(0)) * KernelElements(node.Input(1)),
        "MatMul" or "MatMulInteger" or "FusedMatMul" => Count(node.Output(0)) * Extent(node.Input(0), -1),
        "QLinearMatMul" => Count(node.Output(0)) * Extent(node.Input(0), -1),
        "Gemm" or "QGemm" => Count(node.Output(0)) * Extent(node.Input(0), node.Attributes.Int("transA", 0) != 0 ? 0 : -1),
        "LSTM" => Recurrent(node, 4),
        "GRU" => Recurrent(node, 3),
        "RNN" => Recurrent(node, 1),
        "STFT" => Count(node.Output(0)) * 12,
        "DFT" => Count(node.Output(0)) * 12,
        _ => 0,
    };

    private static double ElementOperationsOf(Node node)
    {
        var outputs = node.Outputs.OfType<Value>().Sum(Count);
        return node.OpType switch
        {
            "Identity" or "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Constant" or "Shape" => 0,
            "Exp" or "Log" or "Tanh" or "Sigmoid" or "Erf" or "Softmax" or "LogSoftmax" or "Pow" or "Gelu" or "Mish" or "Softplus" => outputs * 8,
            "Sqrt" or "Div" or "HardSwish" or "HardSigmoid" or "LayerNormalization" or "InstanceNormalization" or "QuantizeLinear" => outputs * 3,
            "MaxPool" or "AveragePool" => outputs * Product(node.Attributes.Ints("kernel_shape")),
            _ when node.OpType.StartsWith("Reduce", StringComparison.Ordinal) || node.OpType.StartsWith("Global", StringComparison.Ordinal) => Count(node.Input(0)),
            _ => outputs,
        };
    }

    private static double Recurrent(Node node, int gates)
    {
        var (steps, batch, input) = (Extent(node.Input(0), 0), Extent(node.Input(0), 1), Extent(node.Input(0), 2));
        var hidden = Extent(node.Input(2), -1);
        return steps * batch * gates * hidden * (input + hidden) * Extent(node.Input(1), 0);
    }

    private static double KernelElements(Value? weight) =>
        weight is { Shape: { HasRank: true, Rank: > 1 } shape } ? Count(weight) / Math.Max(1, Known(shape[0])) : AssumedExtent;

    private static double Extent(Value? value, int axis)
    {
        if (value is not { Shape: { HasRank: true, Rank: > 0 } shape })
        {
            return AssumedExtent;
        }

        var index = axis < 0 ? axis + shape.Rank : axis;
        return (uint)index < (uint)shape.Rank ? Known(shape[index]) : 1;
    }

    private static double Count(Value? value) =>
        value is { Shape: { HasRank: true } shape } ? shape.Dimensions.Aggregate(1.0, (product, dimension) => product * Known(dimension)) : AssumedExtent;

    private static double Bytes(Value value) => Count(value) * Math.Max(8, value.Element.BitCount()) / 8;

    private static double Known(Dimension dimension) => dimension.IsKnown ? dimension.Value : AssumedExtent;

    private static double Product(System.Collections.Immutable.ImmutableArray<long> values) =>
        values.IsDefault ? 1 : values.Aggregate(1.0, (product, value) => product * value);
}
