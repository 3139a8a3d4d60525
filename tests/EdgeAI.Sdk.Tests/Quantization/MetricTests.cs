using EdgeAI.Cli;
using EdgeAI.Quantization;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>Figures of merit against values worked out by hand.</summary>
public sealed class MetricTests
{
    [Test]
    public void TopAccuracy_OfThreeSamples_CountsFirstAndAmongFive()
    {
        var accuracy = new TopAccuracy();
        accuracy.Add([0.1f, 0.9f, 0, 0, 0, 0, 0], 1);
        accuracy.Add([0.1f, 0.9f, 0.5f, 0, 0, 0, 0], 2);
        accuracy.Add([7, 6, 5, 4, 3, 2, 1], 6);
        Assert.That((accuracy.Top1, accuracy.Top5), Is.EqualTo((1 / 3.0, 2 / 3.0)));
    }

    [Test]
    public void RocCurve_TiesCountHalf()
    {
        var curve = new RocCurve();
        foreach (var (score, isPositive) in new[] { (0.1f, false), (0.4f, false), (0.35f, true), (0.8f, true), (0.4f, true) })
        {
            curve.Add(score, isPositive);
        }

        Assert.That(curve.Area(), Is.EqualTo(4.5 / 6).Within(1e-12));
    }

    [Test]
    public void DetectionAccuracy_OneRightOneTwiceOneMissed_HasThatPrecision()
    {
        var accuracy = new DetectionAccuracy();
        accuracy.Add([new(0, 0, 0, 10, 10, 0.9f), new(0, 1, 1, 10, 10, 0.8f)], [new(0, 0, 0, 10, 10), new(0, 50, 50, 60, 60)]);
        Assert.That(accuracy.MeanAveragePrecision(), Is.EqualTo(0.5).Within(1e-12));
    }

    [Test]
    public void Suppress_OverlappingBoxes_KeepsTheSurestOfEachClass()
    {
        var kept = DetectionAccuracy.Suppress([new(0, 0, 0, 10, 10, 0.5f), new(0, 0, 0, 10, 9, 0.9f), new(1, 0, 0, 10, 10, 0.1f)]);
        Assert.That(kept.Select(box => (box.Label, box.Score)), Is.EquivalentTo(new[] { (0, 0.9f), (1, 0.1f) }));
    }

    [Test]
    public void NoiseMeter_AHundredthOfTheAmplitude_IsFortyDecibels()
    {
        var meter = new NoiseMeter();
        meter.Add([1, 1, 1], [1.01f, 0.99f, 1.01f]);
        Assert.That(meter.Sqnr, Is.EqualTo(40).Within(0.01));
    }
}
