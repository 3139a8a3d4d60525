using EdgeAI.Hal;

namespace EdgeAI.Quantization.Arithmetic;

/// <summary>Which slice along an axis an element of a dense tensor belongs to; one slice where there is no axis.</summary>
internal readonly record struct AxisSlices(int Count, long Inner)
{
    public static AxisSlices Of(Shape shape, int? axis)
    {
        if (axis is not { } along)
        {
            return new(1, long.MaxValue);
        }

        var inner = shape.Dimensions.Skip(along + 1).Aggregate(1L, (product, extent) => product * extent.Value);
        return new((int)shape[along].Value, inner);
    }

    public int SliceOf(long element) => Count == 1 ? 0 : (int)(element / Inner % Count);
}
