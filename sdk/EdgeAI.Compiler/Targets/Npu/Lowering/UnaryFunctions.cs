using EdgeAI.Graph;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>
/// Functions of one float as ONNX Runtime's kernels compute them, to the last bit: what a table holds must agree with those,
/// not with the true function.
/// </summary>
internal static class UnaryFunctions
{
    /// <summary>By operator; a row reads the node's attributes and gives the function.</summary>
    public static IReadOnlyDictionary<string, Func<Node, Func<float, float>>> Rows { get; } = new Dictionary<string, Func<Node, Func<float, float>>>(StringComparer.Ordinal)
    {
        ["Relu"] = _ => x => Math.Max(x, 0f),
        ["Clip"] = Clip,
        ["LeakyRelu"] = node => LeakyRelu(node.Attributes.Float("alpha", 0.01f)),
        ["Sigmoid"] = _ => Sigmoid,
        ["Tanh"] = _ => Tanh,
        ["HardSigmoid"] = node => HardSigmoid(node.Attributes.Float("alpha", 0.2f), node.Attributes.Float("beta", 0.5f)),
        ["HardSwish"] = _ => HardSwish,
        ["Abs"] = _ => Math.Abs,
        ["Neg"] = _ => x => -x,
        ["Sqrt"] = _ => MathF.Sqrt,
    };

    private const float SigmoidLimit = 18f;
    private const float TanhLimit = 9f;

    // Coefficients of rational functions in the square of the argument, highest power first.
    private static readonly float[] SigmoidNumerator =
        [4.37031012579801e-11f, 1.15627324459942e-07f, 6.08574864600143e-05f, 8.51377133304701e-03f, 2.48287947061529e-01f];

    private static readonly float[] SigmoidDenominator =
        [6.10247389755681e-13f, 5.76102136993427e-09f, 6.29106785017040e-06f, 1.70198817374094e-03f, 1.16817656904453e-01f, 9.93151921023180e-01f];

    private static readonly float[] TanhNumerator =
    [
        -2.76076847742355e-16f, 2.00018790482477e-13f, -8.60467152213735e-11f, 5.12229709037114e-08f,
        1.48572235717979e-05f, 6.37261928875436e-04f, 4.89352455891786e-03f,
    ];

    private static readonly float[] TanhDenominator = [1.19825839466702e-06f, 1.18534705686654e-04f, 2.26843463243900e-03f, 4.89352518554385e-03f];

    private static Func<float, float> Clip(Node node)
    {
        var (low, high) = ClipBounds.Read(node);
        return x => Math.Min(Math.Max(x, low), high);
    }

    private static Func<float, float> LeakyRelu(float alpha) => x => x >= 0 ? x : alpha * x;

    private static Func<float, float> HardSigmoid(float alpha, float beta) => x => Math.Max(0f, Math.Min(1f, (alpha * x) + beta));

    private static float HardSwish(float x) => x * Math.Max(0f, Math.Min(1f, (x * (1f / 6f)) + 0.5f));

    private static float Sigmoid(float x)
    {
        var clamped = Math.Clamp(x, -SigmoidLimit, SigmoidLimit);
        var square = clamped * clamped;
        return Math.Clamp((Horner(SigmoidNumerator, square) * clamped / Horner(SigmoidDenominator, square)) + 0.5f, 0f, 1f);
    }

    private static float Tanh(float x)
    {
        var clamped = Math.Clamp(x, -TanhLimit, TanhLimit);
        var square = clamped * clamped;
        return Horner(TanhNumerator, square) * clamped / Horner(TanhDenominator, square);
    }

    private static float Horner(float[] coefficients, float x)
    {
        var sum = coefficients[0];
        foreach (var coefficient in coefficients.AsSpan(1))
        {
            sum = MathF.FusedMultiplyAdd(sum, x, coefficient);
        }

        return sum;
    }
}
