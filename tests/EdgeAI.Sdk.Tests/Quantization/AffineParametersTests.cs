using EdgeAI.Hal;
using EdgeAI.Quantization;
using EdgeAI.Quantization.Arithmetic;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>Scales and zero points for any range. FsCheck prints the seed where a property fails.</summary>
public sealed class AffineParametersTests
{
    private static readonly Arbitrary<float> Reals = ArbMap.Default.ArbFor<float>().Filter(value => float.IsFinite(value) && MathF.Abs(value) < 1e30f);

    [Test]
    public void ZeroPoint_OfAnyRange_IsOneOfTheIntegers(
        [Values(DataType.UInt8, DataType.Int8)] DataType type, [Values] bool isSymmetric, [Values] bool isReduced) =>
        Prop.ForAll(Reals, Reals, (a, b) =>
        {
            var integers = IntegerRange.ForScale(type, isSymmetric, isReduced);
            var chosen = AffineParameters.Choose(RangeOf(a, b), integers, isSymmetric);
            return chosen.Scale > 0 && float.IsFinite(chosen.Scale) && integers.Clamp(chosen.ZeroPoint) == chosen.ZeroPoint;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Dequantized_AnyValueOfTheRange_IsHalfAScaleAwayAtMost([Values(DataType.UInt8, DataType.Int8)] DataType type, [Values] bool isSymmetric) =>
        Prop.ForAll(Reals, Reals, Gen.Choose(0, 1000).ToArbitrary(), (a, b, share) =>
        {
            var range = RangeOf(a, b);
            var chosen = AffineParameters.Choose(range, IntegerRange.ForScale(type, isSymmetric, false), isSymmetric);
            var value = (float)(range.Minimum + ((double)range.Maximum - range.Minimum) * share / 1000);
            var back = (IntegerTensor.Quantize(value, chosen, IntegerRange.Whole(type)) - chosen.ZeroPoint) * (double)chosen.Scale;

            // The zero point is rounded too, so the end of an asymmetric range may lie another half beyond the integers.
            var allowed = isSymmetric || Inside(value, chosen, type) ? 0.5 : 1;
            return Math.Abs(back - value) <= (allowed * chosen.Scale) + (1e-5 * Math.Abs(value)) || chosen is { Scale: 1, ZeroPoint: 0 };
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Zero_OfAnyRange_IsExact([Values(DataType.UInt8, DataType.Int8)] DataType type) =>
        Prop.ForAll(Reals, Reals, (a, b) =>
        {
            var chosen = AffineParameters.Choose(RangeOf(a, b), IntegerRange.ForScale(type, false, false), false);
            return IntegerTensor.Quantize(0, chosen, IntegerRange.Whole(type)) == chosen.ZeroPoint;
        }).QuickCheckThrowOnFailure();

    [TestCase(0f, 0f, 1f, 0)]
    [TestCase(0f, 1e-38f, 1f, 0)]
    [TestCase(-1f, 3f, 0.015686275f, 64)]
    [TestCase(2f, 6f, 0.023529412f, 0)]
    [TestCase(-6f, -2f, 0.023529412f, 255)]
    public void Choose_OfKnownRanges_GivesKnownParameters(float minimum, float maximum, float scale, int zeroPoint) =>
        Assert.That(AffineParameters.Choose(new(minimum, maximum), IntegerRange.Whole(DataType.UInt8), false), Is.EqualTo(new AffineParameters(scale, zeroPoint)));

    [TestCase(DataType.UInt8, 128)]
    [TestCase(DataType.Int8, 0)]
    public void Choose_Symmetric_PutsTheZeroPointInTheMiddle(DataType type, int zeroPoint) =>
        Assert.That(AffineParameters.Choose(new(-1, 5), IntegerRange.ForScale(type, true, false), true).ZeroPoint, Is.EqualTo(zeroPoint));

    [Test]
    public void Choose_WithMinimumRange_WidensNarrowRanges() =>
        Assert.That(AffineParameters.Choose(new(0, 1e-6f), IntegerRange.Whole(DataType.UInt8), false, 0.255f).Scale, Is.EqualTo(0.001f).Within(1).Ulps);

    [Test]
    public void BiasRoom_BiasBeyondInt32_RaisesTheWeightsScaleUntilItFits()
    {
        var scales = BiasRoom.Widen([1e-9f, 0.01f], 1e-3f, [5000f, 5000f]);
        Assert.That(scales[1], Is.EqualTo(0.01f), "large enough already");
        var quantized = IntegerTensor.QuantizeBias([5000f], [scales[0] * 1e-3f]).ToInt64()[0];
        Assert.That(quantized, Is.InRange(int.MaxValue * 0.999, int.MaxValue));
    }

    private static bool Inside(float value, AffineParameters chosen, DataType type)
    {
        var whole = IntegerRange.Whole(type);
        return value >= (whole.Minimum - chosen.ZeroPoint) * (double)chosen.Scale && value <= (whole.Maximum - chosen.ZeroPoint) * (double)chosen.Scale;
    }

    private static TensorRange RangeOf(float a, float b) => new(MathF.Min(a, b), MathF.Max(a, b));
}
