using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp.Lowering;

/// <summary>Arithmetic, comparison and logic on elements, with numpy broadcasting.</summary>
internal static class Elementwise
{
    private static readonly DataType[] Truth = [DataType.Boolean];
    private static readonly DataType[] FloatOrTruth = [DataType.Float32, DataType.Boolean];

    /// <summary>x to a constant power that needs no logarithm.</summary>
    public static NodeLowering Power { get; } = new ElementwiseLowering(EmitPower, whyNot: WhyNotPower);

    /// <summary>condition ? x : y.</summary>
    public static NodeLowering Where { get; } = new ElementwiseLowering(
        (group, node) => group.Loop.Select(group.Input(node, 0), group.Input(node, 1), group.Input(node, 2)), FloatOrTruth, FloatOrTruth,
        node => NodeChecks.WhyNotType(node, 0, DataType.Boolean));

    /// <summary>not x.</summary>
    public static NodeLowering Not { get; } = new ElementwiseLowering(
        (group, node) => group.Loop.Binary(VectorOpcode.Equal, group.Input(node, 0), 0), Truth, Truth);

    /// <summary>op(a).</summary>
    public static NodeLowering Unary(VectorOpcode opcode) => new ElementwiseLowering((group, node) => group.Loop.Unary(opcode, group.Input(node, 0)));

    /// <summary>op(op(a, b), c) … from the left.</summary>
    public static NodeLowering Fold(VectorOpcode opcode) => new ElementwiseLowering((group, node) =>
    {
        var result = group.Input(node, 0);
        for (var i = 1; i < node.Inputs.Count; i++)
        {
            result = Combine(group.Loop, opcode, result, group.Input(node, i));
        }

        return result;
    });

    /// <summary>op(a, b) or op(b, a), as a truth value.</summary>
    public static NodeLowering Compare(VectorOpcode opcode, bool isSwapped) => new ElementwiseLowering(
        (group, node) => group.Loop.Binary(opcode, group.Input(node, isSwapped ? 1 : 0), group.Input(node, isSwapped ? 0 : 1)),
        FloatOrTruth, Truth);

    /// <summary>op on 0 and 1.</summary>
    public static NodeLowering Logic(VectorOpcode opcode) => new ElementwiseLowering(
        (group, node) => group.Loop.Binary(opcode, group.Input(node, 0), group.Input(node, 1)), Truth, Truth);

    private static Term Combine(LoopBuilder loop, VectorOpcode opcode, Term a, Term b) => opcode switch
    {
        VectorOpcode.Add => loop.Add(a, b),
        VectorOpcode.Multiply => loop.Multiply(a, b),
        _ => loop.Binary(opcode, a, b),
    };

    private static string? WhyNotPower(Node node) =>
        NodeChecks.WhyNotScalar(node, 1)
        ?? (NodeChecks.Scalar(node.Input(1)) is -1 or -0.5f or 0.5f or 1 or 2 or 3 ? null
            : $"the exponent is {NodeChecks.Scalar(node.Input(1))}; expected −1, −½, ½, 1, 2 or 3");

    private static Term EmitPower(FusedGroup group, Node node)
    {
        var (loop, x) = (group.Loop, group.Input(node, 0));
        return NodeChecks.Scalar(node.Input(1)) switch
        {
            -1f => loop.Unary(VectorOpcode.Reciprocal, x),
            -0.5f => loop.Unary(VectorOpcode.ReciprocalSquareRoot, x),
            0.5f => loop.Unary(VectorOpcode.SquareRoot, x),
            2f => loop.Multiply(x, x),
            3f => loop.Multiply(loop.Multiply(x, x), x),
            _ => loop.Unary(VectorOpcode.Move, x),
        };
    }
}
