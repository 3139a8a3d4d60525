using EdgeAI.Graph;

namespace EdgeAI.Quantization.Arithmetic;

/// <summary>The ranges of a constant's elements.</summary>
internal static class WeightRanges
{
    /// <summary>Smallest and largest element of each slice along the axis, or of the whole; (0, 0) where there are no elements.</summary>
    public static TensorRange[] Of(ConstantTensor constant, int? axis)
    {
        var slices = AxisSlices.Of(constant.Shape, axis);
        var ranges = new TensorRange[slices.Count];
        var isSeen = new bool[slices.Count];
        var elements = constant.AsSpan<float>();
        for (var i = 0; i < elements.Length; i++)
        {
            var slice = slices.SliceOf(i);
            var own = new TensorRange(elements[i], elements[i]);
            ranges[slice] = isSeen[slice] ? ranges[slice].Union(own) : own;
            isSeen[slice] = true;
        }

        return ranges;
    }

    /// <summary>True when every element is a number.</summary>
    public static bool AreFinite(ConstantTensor constant)
    {
        foreach (var element in constant.AsSpan<float>())
        {
            if (!float.IsFinite(element))
            {
                return false;
            }
        }

        return true;
    }
}
