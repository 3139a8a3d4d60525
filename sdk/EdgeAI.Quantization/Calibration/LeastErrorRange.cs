using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization.Arithmetic;

namespace EdgeAI.Quantization.Calibration;

/// <summary>The range of least squared error between values and what their integers stand for: clipping against rounding.</summary>
internal sealed class LeastErrorRange(DataType type, bool isSymmetric, float? minimumRange = null, bool isReduced = false)
{
    private const int Rounds = 3;
    private const double SmallestShare = 0.2;
    private const double Step = 0.02;

    private readonly IntegerRange _integers = IntegerRange.ForScale(type, isSymmetric, isReduced);

    public TensorRange Find(Histogram histogram)
    {
        var bins = Bins(histogram);
        return Search(histogram.Range!.Value, range => Error(bins, range));
    }

    /// <summary>The same for each slice of a constant, from its elements themselves.</summary>
    public static TensorRange[] OfSlices(ConstantTensor constant, int? axis, TensorRange[] wholes, LeastErrorRange search)
    {
        var slices = AxisSlices.Of(constant.Shape, axis);
        var elements = wholes.Select(_ => new List<float>()).ToArray();
        var source = constant.AsSpan<float>();
        for (var i = 0; i < source.Length; i++)
        {
            elements[slices.SliceOf(i)].Add(source[i]);
        }

        return [.. wholes.Select((whole, slice) => search.Search(whole, range => search.Error(elements[slice], range)))];
    }

    /// <summary>Narrows each end in turn while that lowers the error.</summary>
    private TensorRange Search(TensorRange whole, Func<TensorRange, double> errorOf)
    {
        var best = isSymmetric ? whole.Symmetric() : whole;
        if (isSymmetric)
        {
            return Least(share => new(best.Minimum * share, best.Maximum * share), errorOf);
        }

        for (var round = 0; round < Rounds; round++)
        {
            var before = best;
            var low = whole.Minimum;
            best = Least(share => new(best.Minimum, whole.Maximum > 0 ? whole.Maximum * share : whole.Maximum), errorOf);
            best = Least(share => new(low < 0 ? low * share : low, best.Maximum), errorOf);
            if (best == before)
            {
                break;
            }
        }

        return best;
    }

    private static TensorRange Least(Func<float, TensorRange> rangeOf, Func<TensorRange, double> errorOf)
    {
        var (best, least) = (rangeOf(1), double.PositiveInfinity);
        for (var share = 1.0; share >= SmallestShare; share -= Step)
        {
            var range = rangeOf((float)share);
            var error = errorOf(range);
            if (error < least)
            {
                (best, least) = (range, error);
            }
        }

        return best;
    }

    private double Error(List<float> values, TensorRange range)
    {
        var chosen = AffineParameters.Choose(range, _integers, isSymmetric, minimumRange);
        return values.Sum(value => SquaredError(value, chosen, _integers));
    }

    private double Error(List<(float Value, long Count)> bins, TensorRange range)
    {
        var chosen = AffineParameters.Choose(range, _integers, isSymmetric, minimumRange);
        return bins.Sum(bin => bin.Count * SquaredError(bin.Value, chosen, _integers));
    }

    /// <summary>Of one value.</summary>
    private static double SquaredError(float value, AffineParameters parameters, IntegerRange integers)
    {
        var error = value - ((IntegerTensor.Quantize(value, parameters, integers) - parameters.ZeroPoint) * (double)parameters.Scale);
        return error * error;
    }

    private static List<(float Value, long Count)> Bins(Histogram histogram)
    {
        var bins = new List<(float, long)>();
        for (var i = 0; i < histogram.Counts.Length; i++)
        {
            if (histogram.Counts[i] > 0)
            {
                bins.Add((histogram.Center(i), histogram.Counts[i]));
            }
        }

        return bins;
    }
}
