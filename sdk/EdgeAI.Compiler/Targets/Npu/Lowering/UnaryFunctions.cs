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
        ["Exp"] = _ => MathF.Exp,
        ["Log"] = _ => MathF.Log,
        ["Reciprocal"] = _ => x => 1f / x,
        ["Sign"] = _ => x => x > 0 ? 1f : x < 0 ? -1f : 0f,
        ["Floor"] = _ => MathF.Floor,
        ["Ceil"] = _ => MathF.Ceiling,
        ["Round"] = _ => x => MathF.Round(x, MidpointRounding.ToEven),
        ["Sin"] = _ => MathF.Sin,
        ["Cos"] = _ => MathF.Cos,
        ["Atan"] = _ => MathF.Atan,
        ["Erf"] = _ => Erf,
        ["Softplus"] = _ => Softplus,
        ["Softsign"] = _ => x => x / (1f + Math.Abs(x)),
        ["Elu"] = node => Elu(node.Attributes.Float("alpha", 1f)),
        ["Selu"] = node => Selu(node.Attributes.Float("alpha", 1.67326319f), node.Attributes.Float("gamma", 1.05070102f)),
        ["Celu"] = node => Celu(node.Attributes.Float("alpha", 1f)),
        ["ThresholdedRelu"] = node => ThresholdedRelu(node.Attributes.Float("alpha", 1f)),
        ["Mish"] = _ => x => x * Tanh(Softplus(x)),
        ["Gelu"] = node => node.Attributes.Text("approximate", "none") == "tanh" ? TanhGelu : Gelu,
        ["com.microsoft.Gelu"] = _ => Gelu,
        ["com.microsoft.QuickGelu"] = node => QuickGelu(node.Attributes.Float("alpha", 1.702f)),
    };

    /// <summary>Functions of two numbers, one of them or both made from the same value.</summary>
    public static IReadOnlyDictionary<string, Func<float, float, float>> Pairs { get; } = new Dictionary<string, Func<float, float, float>>(StringComparer.Ordinal)
    {
        ["Add"] = (x, y) => x + y,
        ["Sub"] = (x, y) => x - y,
        ["Mul"] = (x, y) => x * y,
        ["Div"] = (x, y) => x / y,
        ["Min"] = (x, y) => x < y ? x : y,
        ["Max"] = (x, y) => x > y ? x : y,
        ["Pow"] = Power,
        ["PRelu"] = (x, slope) => x >= 0 ? x : slope * x,
    };

    private const float SigmoidLimit = 18f;
    private const float TanhLimit = 9f;
    private const int ErfTerms = 60;

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

    private static float Softplus(float x) => x > 0 ? x + MathF.Log(MathF.Exp(-x) + 1f) : MathF.Log(MathF.Exp(x) + 1f);

    private static Func<float, float> Elu(float alpha) => x => x >= 0 ? x : alpha * (MathF.Exp(x) - 1f);

    private static Func<float, float> Selu(float alpha, float gamma) => x => gamma * (x > 0 ? x : (alpha * MathF.Exp(x)) - alpha);

    private static Func<float, float> Celu(float alpha) => x => Math.Max(0f, x) + Math.Min(0f, alpha * (MathF.Exp(x / alpha) - 1f));

    private static Func<float, float> ThresholdedRelu(float alpha) => x => x > alpha ? x : 0f;

    private static Func<float, float> QuickGelu(float alpha) => x => x * Sigmoid(alpha * x);

    private static float Gelu(float x) => 0.5f * x * (Erf(x * 0.70710678f) + 1f);

    private static float TanhGelu(float x) => 0.5f * x * (1f + Tanh(0.797884561f * (x + (0.044715f * x * x * x))));

    /// <summary>Squares and cubes by multiplication, as there.</summary>
    private static float Power(float x, float exponent) => exponent switch
    {
        2 => x * x,
        3 => x * x * x,
        _ => MathF.Pow(x, exponent),
    };

    /// <summary>The error function to float32's precision: a series near 0, a continued fraction beyond.</summary>
    private static float Erf(float real)
    {
        double x = Math.Abs((double)real);
        if (x > 6)
        {
            return MathF.CopySign(1, real);
        }

        var (sum, term) = (x, x);
        for (var n = 1; n < ErfTerms; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        var result = x < 3 ? 2 / Math.Sqrt(Math.PI) * sum : 1 - Complement(x);
        return MathF.CopySign((float)result, real);
    }

    private static double Complement(double x)
    {
        var fraction = x;
        for (var n = ErfTerms; n > 0; n--)
        {
            fraction = x + (n / 2.0 / fraction);
        }

        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * fraction);
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
