using EdgeAI.Hal;
using EdgeAI.Quantization;
using EdgeAI.Quantization.Calibration;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>Ranges from histograms that grow sample by sample.</summary>
public sealed class HistogramTests
{
    [Test]
    public void Add_SamplesThatGrow_CountsEveryValueOnce([Values(128, 1 << 12)] int maximumBins, [Range(1, 10)] int seed)
    {
        var (histogram, random, count) = (new Histogram(128, maximumBins), new Random(seed), 0L);
        for (var sample = 0; sample < 20; sample++)
        {
            var values = Values(random, 500, MathF.Pow(10, (random.NextSingle() * 6) - 3));
            Add(histogram, values);
            count += values.Length;
        }

        Assert.That(histogram.Counts.ToArray().Sum(), Is.EqualTo(count), $"seed {seed}");
        Assert.That(histogram.Counts.Length, Is.LessThanOrEqualTo(maximumBins + 2), $"seed {seed}");
        Assert.That(histogram.Threshold, Is.GreaterThanOrEqualTo(Math.Max(-histogram.Range!.Value.Minimum, histogram.Range.Value.Maximum) * 0.9999f));
    }

    [Test]
    public void Add_GrownHistogram_KeepsValuesInTheirBins()
    {
        var grown = new Histogram(128, 1 << 16);
        Add(grown, [0.1f, -0.5f]);
        Add(grown, [3f, 1f]);
        for (var bin = 0; bin < grown.Counts.Length; bin++)
        {
            if (grown.Counts[bin] > 0)
            {
                Assert.That(new[] { 0.1f, -0.5f, 3f, 1f }.Any(value => value >= grown.Edge(bin) - 1e-5 && value <= grown.Edge(bin + 1) + 1e-5), $"bin {bin} from {grown.Edge(bin)}");
            }
        }
    }

    [Test]
    public void Add_ZerosFirst_ThenCountsThemInTheMiddle()
    {
        var histogram = new Histogram(128, 1024);
        Add(histogram, new float[10]);
        Add(histogram, [1f, -1f]);
        Assert.That(histogram.Counts[64], Is.EqualTo(10));
        Assert.That((histogram.Counts[0], histogram.Counts[127]), Is.EqualTo((1L, 1L)));
    }

    [Test]
    public void Add_ManyValues_CountsEachWhereItLies([Values(1, 7, 8, 1003)] int count)
    {
        var values = Values(new Random(count), count, 2);
        var histogram = new Histogram(128, 1024);
        Add(histogram, values);
        var expected = new long[128];
        foreach (var value in values)
        {
            expected[Math.Min((int)((value + histogram.Threshold) * (128 / (2 * histogram.Threshold))), 127)]++;
        }

        Assert.That(histogram.Counts.ToArray(), Is.EqualTo(expected));
    }

    [Test]
    public void Percentile_OneOutlierInAMillion_IsCutOff()
    {
        var histogram = new Histogram(2048, 1 << 16);
        Add(histogram, [.. Enumerable.Range(0, 200_000).Select(i => ((i % 2001) - 1000) / 1000f), 100f]);
        Assert.That(PercentileRange.Find(histogram, 99.999).Maximum, Is.LessThan(1.2f));
        Assert.That(PercentileRange.FindSymmetric(histogram, 99.999).Maximum, Is.LessThan(1.2f));
        Assert.That(PercentileRange.Find(histogram, 100).Maximum, Is.GreaterThan(99f));
    }

    [Test]
    public void Entropy_OutlierFarFromABell_IsCutOff()
    {
        var (histogram, random) = (new Histogram(2048, 1 << 13), new Random(1));
        Add(histogram, [.. Enumerable.Range(0, 20_000).Select(_ => Bell(random)), 40f]);
        Assert.That(EntropyRange.Find(histogram).Maximum, Is.LessThan(20f));
    }

    [Test]
    public void LeastError_OutlierFarFromABell_LosesLessThanTheWholeRange()
    {
        var (histogram, random) = (new Histogram(2048, 1 << 16), new Random(2));
        float[] values = [.. Enumerable.Range(0, 500_000).Select(_ => Bell(random)), 30f];
        Add(histogram, values);
        var range = new LeastErrorRange(DataType.UInt8, false).Find(histogram);
        Assert.That(Error(values, range), Is.LessThan(Error(values, histogram.Range!.Value) * 0.8));
    }

    [Test]
    public void RangeScan_AnyLength_FindsEndsAndNaN([Values(1, 7, 8, 9, 64, 1000, 1001)] int count)
    {
        var values = Values(new Random(count), count, 10);
        Assert.That(RangeScan.Of(values), Is.EqualTo(new TensorRange(values.Min(), values.Max())));
        values[count / 2] = float.NegativeInfinity;
        Assert.That(RangeScan.Of(values).IsFinite, Is.False);
        values[count / 2] = float.NaN;
        Assert.That(RangeScan.Of(values).IsFinite, Is.False);
    }

    private static double Error(float[] values, TensorRange range)
    {
        var chosen = EdgeAI.Quantization.Arithmetic.AffineParameters.Choose(range, new(0, 255), false);
        return values.Sum(value => Math.Pow(value - ((Math.Clamp(Math.Round(value / chosen.Scale) + chosen.ZeroPoint, 0, 255) - chosen.ZeroPoint) * (double)chosen.Scale), 2));
    }

    private static void Add(Histogram histogram, float[] values) => histogram.Add(values, RangeScan.Of(values));

    private static float[] Values(Random random, int count, float scale) => [.. Enumerable.Range(0, count).Select(_ => ((random.NextSingle() * 2) - 1) * scale)];

    private static float Bell(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
