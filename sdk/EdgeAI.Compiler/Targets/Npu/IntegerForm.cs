using System.Collections.Immutable;
using EdgeAI.Graph;

namespace EdgeAI.Compiler.Targets.Npu;

/// <summary>Operators that carry scales and zero points among their operands, mapped to the operator that they compute.</summary>
internal static class IntegerForm
{
    /// <summary>Operator, operands in its order and result; null when the node is not such a form.</summary>
    public static (string Operator, ImmutableArray<Operand?> Operands, Operand? Output)? Read(Node node) => (node.Domain, node.OpType) switch
    {
        ("", "QLinearConv") => ("Conv", [At(node, 0), At(node, 3), Bare(node, 8)], Result(node, 6)),
        ("", "QLinearMatMul") or ("com.microsoft", "QLinearMatMul") => ("MatMul", [At(node, 0), At(node, 3)], Result(node, 6)),
        ("com.microsoft", "QGemm") when node.Input(7) is not null => ("Gemm", [At(node, 0), At(node, 3), Bare(node, 6)], Result(node, 7)),
        ("com.microsoft", "QLinearAdd") => ("Add", [At(node, 0), At(node, 3)], Result(node, 6)),
        ("com.microsoft", "QLinearMul") => ("Mul", [At(node, 0), At(node, 3)], Result(node, 6)),
        ("com.microsoft", "QLinearAveragePool") => ("AveragePool", [At(node, 0)], Result(node, 3)),
        ("com.microsoft", "QLinearGlobalAveragePool") => ("GlobalAveragePool", [At(node, 0)], Result(node, 3)),
        ("com.microsoft", "QLinearSigmoid") => ("Sigmoid", [At(node, 0)], Result(node, 3)),
        ("com.microsoft", "QLinearLeakyRelu") => ("LeakyRelu", [At(node, 0)], Result(node, 3)),
        ("com.microsoft", "QLinearSoftmax") => ("Softmax", [At(node, 0)], Result(node, 3)),
        ("com.microsoft", "QLinearConcat") => ("Concat", Triples(node), Result(node, 0)),
        _ => null,
    };

    private static Operand? At(Node node, int index) =>
        node.Input(index) is { } value ? new Operand(value, node.Input(index + 1), node.Input(index + 2)) : null;

    private static Operand? Bare(Node node, int index) => node.Input(index) is { } value ? new Operand(value, null, null) : null;

    private static Operand? Result(Node node, int index) =>
        node.Output(0) is { } value ? new Operand(value, node.Input(index), node.Input(index + 1)) : null;

    private static ImmutableArray<Operand?> Triples(Node node) =>
        [.. Enumerable.Range(0, Math.Max(0, (node.Inputs.Count - 2) / 3)).Select(i => At(node, 2 + (3 * i)))];
}
