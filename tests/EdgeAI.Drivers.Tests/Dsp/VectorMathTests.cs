using EdgeAI.Drivers.Simulation.Dsp;

namespace EdgeAI.Drivers.Tests.Dsp;

/// <summary>Errors in units in the last place of the correctly rounded result, over dense sweeps of bit patterns.</summary>
public sealed class VectorMathTests
{
    private const uint Stride = 4099; // prime: all exponents, all parts of the mantissa; about 1 M values

    [Test]
    public void Exp_AllExponents_WithinOneUlp() => Check(VectorMath.Exp, Math.Exp, 1.0, value => true);

    [Test]
    public void Log_AllExponents_WithinOneUlp() => Check(VectorMath.Log, Math.Log, 1.0, value => true);

    [Test]
    public void Tanh_AllExponents_WithinTwoUlp() => Check(VectorMath.Tanh, Math.Tanh, 2.0, value => true);

    [Test]
    public void Sigmoid_AllExponents_WithinThreeUlp() => Check(VectorMath.Sigmoid, value => value >= 0 ? 1 / (1 + Math.Exp(-value)) : Math.Exp(value) / (1 + Math.Exp(value)), 3.0, value => true);

    [Test]
    public void Erf_AllExponents_WithinTwoUlp() => Check(VectorMath.Erf, Erf, 2.0, value => true);

    [Test]
    public void Edges_InfinityAndNan_AsMathematicsSays()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Of(VectorMath.Exp, float.NegativeInfinity), Is.Zero);
            Assert.That(Of(VectorMath.Exp, float.PositiveInfinity), Is.EqualTo(float.PositiveInfinity));
            Assert.That(Of(VectorMath.Exp, 88.73f), Is.EqualTo(float.PositiveInfinity));
            Assert.That(Of(VectorMath.Exp, float.NaN), Is.NaN);
            Assert.That(Of(VectorMath.Log, 0), Is.EqualTo(float.NegativeInfinity));
            Assert.That(Of(VectorMath.Log, -1), Is.NaN);
            Assert.That(Of(VectorMath.Log, float.PositiveInfinity), Is.EqualTo(float.PositiveInfinity));
            Assert.That(Of(VectorMath.Log, float.NaN), Is.NaN);
            Assert.That(Of(VectorMath.Tanh, float.PositiveInfinity), Is.EqualTo(1));
            Assert.That(Of(VectorMath.Tanh, float.NaN), Is.NaN);
            Assert.That(Of(VectorMath.Sigmoid, float.NegativeInfinity), Is.Zero);
            Assert.That(Of(VectorMath.Sigmoid, float.NaN), Is.NaN);
            Assert.That(Of(VectorMath.Erf, float.NegativeInfinity), Is.EqualTo(-1));
            Assert.That(Of(VectorMath.Erf, float.NaN), Is.NaN);
        }
    }

    [Test]
    public void Turn_EveryRootOfSeveralLengths_WithinHalfUlpOfFloat64Trigonometry()
    {
        foreach (var length in new[] { 1, 2, 3, 7, 8, 400, 512, 8191 })
        {
            for (var k = 0; k < length; k++)
            {
                var (cosine, sine) = RootsOfUnity.Turn(k, length);
                Assert.That(cosine, Is.EqualTo(Math.Cos(2 * Math.PI * k / length)).Within(2e-15), $"cos {k}/{length}");
                Assert.That(sine, Is.EqualTo(Math.Sin(2 * Math.PI * k / length)).Within(2e-15), $"sin {k}/{length}");
            }
        }
    }

    private static void Check(Func<Wide256, Wide256> approximation, Func<double, double> exact, double limit, Func<float, bool> selects)
    {
        var (worst, at) = (0.0, 0f);
        for (var bits = 0L; bits <= uint.MaxValue; bits += Stride)
        {
            var x = BitConverter.UInt32BitsToSingle((uint)bits);
            if (!float.IsFinite(x) || !selects(x))
            {
                continue;
            }

            var error = Ulps(Of(approximation, x), exact(x));
            (worst, at) = error > worst ? (error, x) : (worst, at);
        }

        TestContext.Out.WriteLine($"greatest error {worst:0.000} ulp at {at:R}");
        Assert.That(worst, Is.LessThanOrEqualTo(limit), $"at {at:R}");
    }

    private static unsafe float Of(Func<Wide256, Wide256> approximation, float x)
    {
        var lanes = stackalloc float[Wide256.Width];
        approximation(Wide256.Of(x)).Store(lanes);
        return lanes[3];
    }

    private static double Ulps(float found, double exact)
    {
        var rounded = (float)exact;
        if (float.IsNaN(rounded) || float.IsInfinity(rounded))
        {
            return found.Equals(rounded) ? 0 : double.PositiveInfinity;
        }

        var magnitude = Math.Abs(rounded);
        return Math.Abs(found - exact) / ((double)BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(magnitude) + 1) - magnitude);
    }

    /// <summary>Series near 0, continued fraction of erfc further out: float64, far better than what is checked.</summary>
    private static double Erf(double x)
    {
        var t = Math.Abs(x);
        if (t > 6)
        {
            return Math.Sign(x);
        }

        var (sum, term) = (t, t);
        for (var n = 1; n < 200 && Math.Abs(term) > 1e-18 * sum; n++)
        {
            term *= 2 * t * t / ((2 * n) + 1);
            sum += term;
        }

        return Math.Sign(x) * 2 / Math.Sqrt(Math.PI) * Math.Exp(-t * t) * sum;
    }
}
