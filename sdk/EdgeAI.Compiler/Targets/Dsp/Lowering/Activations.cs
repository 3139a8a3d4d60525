using EdgeAI.Graph;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp.Lowering;

/// <summary>Activation functions, as ONNX defines them, from the unit's operations.</summary>
internal static class Activations
{
    public static NodeLowering Relu { get; } = Of((loop, x, _) => loop.Binary(VectorOpcode.Maximum, x, 0));

    public static NodeLowering LeakyRelu { get; } = Of((loop, x, node) => IfNegative(loop, x, loop.Multiply(x, node.Attributes.Float("alpha", 0.01f))));

    public static NodeLowering PRelu { get; } = new ElementwiseLowering((group, node) =>
    {
        var x = group.Input(node, 0);
        return IfNegative(group.Loop, x, group.Loop.Multiply(x, group.Input(node, 1)));
    }, whyNot: node => NodeChecks.WhyNotBroadcast(node, 1));

    public static NodeLowering ThresholdedRelu { get; } = Of((loop, x, node) =>
        loop.Select(loop.Binary(VectorOpcode.LessOrEqual, x, node.Attributes.Float("alpha", 1f)), 0, x));

    public static NodeLowering Elu { get; } = Of((loop, x, node) => IfNegative(loop, x, ExpMinusOne(loop, x, node.Attributes.Float("alpha", 1f))));

    public static NodeLowering Selu { get; } = Of((loop, x, node) =>
    {
        var (alpha, gamma) = (node.Attributes.Float("alpha", 1.67326319f), node.Attributes.Float("gamma", 1.05070102f));
        return loop.Multiply(IfNegative(loop, x, ExpMinusOne(loop, x, alpha)), gamma);
    });

    public static NodeLowering Celu { get; } = Of((loop, x, node) =>
    {
        var alpha = node.Attributes.Float("alpha", 1f);
        return IfNegative(loop, x, ExpMinusOne(loop, loop.Binary(VectorOpcode.Divide, x, alpha), alpha));
    });

    public static NodeLowering Clip { get; } = new ElementwiseLowering(EmitClip, whyNot: node => NodeChecks.WhyNotScalar(node, 1, 2));

    public static NodeLowering HardSigmoid { get; } = Of((loop, x, node) =>
        HardSigmoidOf(loop, x, node.Attributes.Float("alpha", 0.2f), node.Attributes.Float("beta", 0.5f)));

    public static NodeLowering HardSwish { get; } = Of((loop, x, _) => loop.Multiply(x, HardSigmoidOf(loop, x, 1f / 6, 0.5f)));

    public static NodeLowering Gelu { get; } = Of((loop, x, node) =>
        node.Attributes.Text("approximate", "none") == "tanh" ? GeluByTanh(loop, x) : GeluByErf(loop, x));

    public static NodeLowering Softplus { get; } = Of((loop, x, _) => SoftplusOf(loop, x));

    public static NodeLowering Softsign { get; } = Of((loop, x, _) =>
        loop.Binary(VectorOpcode.Divide, x, loop.Add(loop.Unary(VectorOpcode.Absolute, x), 1)));

    public static NodeLowering Mish { get; } = Of((loop, x, _) => loop.Multiply(x, loop.Unary(VectorOpcode.Tangent, SoftplusOf(loop, x))));

    private static ElementwiseLowering Of(Func<LoopBuilder, Term, Node, Term> emit) =>
        new ElementwiseLowering((group, node) => emit(group.Loop, group.Input(node, 0), node));

    private static Term IfNegative(LoopBuilder loop, Term x, Term otherwise) => loop.Select(loop.Binary(VectorOpcode.Less, x, 0), otherwise, x);

    /// <summary>factor · (e^x − 1), e^x taken of min(x, 0) so that the branch not chosen stays finite.</summary>
    private static Term ExpMinusOne(LoopBuilder loop, Term x, float factor) =>
        loop.Multiply(loop.Binary(VectorOpcode.Subtract, loop.Unary(VectorOpcode.Exponential, loop.Binary(VectorOpcode.Minimum, x, 0)), 1), factor);

    private static Term HardSigmoidOf(LoopBuilder loop, Term x, float alpha, float beta) =>
        loop.Binary(VectorOpcode.Maximum, loop.Binary(VectorOpcode.Minimum, loop.Add(loop.Multiply(x, alpha), beta), 1), 0);

    private static Term GeluByErf(LoopBuilder loop, Term x) =>
        loop.Multiply(loop.Multiply(x, 0.5f), loop.Add(loop.Unary(VectorOpcode.Error, loop.Multiply(x, 0.70710678f)), 1));

    private static Term GeluByTanh(LoopBuilder loop, Term x)
    {
        var inner = loop.Multiply(loop.Multiply(x, loop.Add(loop.Multiply(loop.Multiply(x, x), 0.044715f), 1)), 0.79788456f);
        return loop.Multiply(loop.Multiply(x, 0.5f), loop.Add(loop.Unary(VectorOpcode.Tangent, inner), 1));
    }

    /// <summary>max(x, 0) + ln(1 + e^−|x|).</summary>
    private static Term SoftplusOf(LoopBuilder loop, Term x)
    {
        var small = loop.Unary(VectorOpcode.Exponential, loop.Unary(VectorOpcode.Negate, loop.Unary(VectorOpcode.Absolute, x)));
        return loop.Add(loop.Binary(VectorOpcode.Maximum, x, 0), LogOfOnePlus(loop, small));
    }

    /// <summary>ln(1 + e) by Kahan's rule: with u = 1 + e rounded, ln(u) · e / (u − 1), and e itself where u is 1.</summary>
    private static Term LogOfOnePlus(LoopBuilder loop, Term e)
    {
        var u = loop.Add(e, 1);
        var rest = loop.Binary(VectorOpcode.Subtract, u, 1);
        var scaled = loop.Binary(VectorOpcode.Divide, loop.Multiply(loop.Unary(VectorOpcode.Logarithm, u), e), rest);
        return loop.Select(rest, scaled, e);
    }

    private static Term EmitClip(FusedGroup group, Node node)
    {
        var (loop, x) = (group.Loop, group.Input(node, 0));
        var lowest = NodeChecks.Scalar(node.Input(1)) ?? node.Attributes.Float("min", float.MinValue);
        var highest = NodeChecks.Scalar(node.Input(2)) ?? node.Attributes.Float("max", float.MaxValue);
        return loop.Binary(VectorOpcode.Minimum, loop.Binary(VectorOpcode.Maximum, x, lowest), highest);
    }
}
