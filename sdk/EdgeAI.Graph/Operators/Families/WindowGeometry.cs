using System.Collections.Immutable;
using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>
/// How a window slides over the spatial axes: convolutions and pools. One entry per spatial axis; <paramref name="Pads"/> holds
/// all begins, then all ends, and counts only where <paramref name="AutoPad"/> is NOTSET.
/// </summary>
internal sealed record WindowGeometry(
    ImmutableArray<long> Kernel, ImmutableArray<long> Strides, ImmutableArray<long> Dilations, ImmutableArray<long> Pads, string AutoPad, bool IsCeil)
{
    /// <summary>Number of spatial axes.</summary>
    public int Rank => Kernel.Length;

    /// <summary>The geometry that a node's attributes give over that kernel.</summary>
    /// <exception cref="ModelFormatException">Lists of another length, strides or dilations below 1.</exception>
    public static WindowGeometry Of(Node node, ImmutableArray<long> kernel)
    {
        var rank = kernel.Length;
        var geometry = new WindowGeometry(
            kernel, List(node, "strides", rank, 1), List(node, "dilations", rank, 1), List(node, "pads", 2 * rank, 0),
            node.Attributes.Text("auto_pad", "NOTSET"), node.Attributes.Int("ceil_mode", 0) != 0);
        if (geometry.AutoPad is not ("NOTSET" or "VALID" or "SAME_UPPER" or "SAME_LOWER" or ""))
        {
            throw new ModelFormatException($"{node}: auto_pad is '{geometry.AutoPad}'; expected NOTSET, VALID, SAME_UPPER or SAME_LOWER.");
        }

        return geometry.Kernel.Concat(geometry.Strides).Concat(geometry.Dilations).All(item => item is >= 1 and < int.MaxValue) ? geometry
            : throw new ModelFormatException($"{node}: kernel [{Join(kernel)}], strides [{Join(geometry.Strides)}], dilations [{Join(geometry.Dilations)}]; expected numbers of at least 1.");
    }

    /// <summary>The extent of the window with its holes.</summary>
    public long Reach(int axis) => checked((Kernel[axis] - 1) * Dilations[axis] + 1);

    /// <summary>Number of windows along an axis; an expression where the operand's extent is symbolic.</summary>
    public Dimension OutputExtent(int axis, Dimension input)
    {
        var extent = SymbolicInteger.Of(input);
        if (AutoPad.StartsWith("SAME", StringComparison.Ordinal))
        {
            return (extent + SymbolicInteger.Of(Strides[axis] - 1)).FloorOver(Strides[axis]).ToDimension();
        }

        var (begin, end) = AutoPad == "VALID" ? (0, 0) : (Pads[axis], Pads[axis + Rank]);
        var span = extent + SymbolicInteger.Of(checked(begin + end - Reach(axis)));
        if (!span.IsKnown)
        {
            return IsCeil && Strides[axis] > 1 ? Dimension.Unknown : (span.FloorOver(Strides[axis]) + SymbolicInteger.Of(1)).ToDimension();
        }

        return span.Value < 0 ? 0 : Windows(axis, span.Value, input.Value + begin);
    }

    /// <summary>The pads that hold for operands of these extents: begins, then ends.</summary>
    public ImmutableArray<long> ResolvePads(ReadOnlySpan<long> spatial)
    {
        if (AutoPad == "VALID")
        {
            return [.. Enumerable.Repeat(0L, 2 * Rank)];
        }

        if (!AutoPad.StartsWith("SAME", StringComparison.Ordinal))
        {
            return Pads;
        }

        var pads = new long[2 * Rank];
        for (var i = 0; i < Rank; i++)
        {
            var count = (spatial[i] + Strides[i] - 1) / Strides[i];
            var total = Math.Max(0, (count - 1) * Strides[i] + Reach(i) - spatial[i]);
            pads[i] = AutoPad == "SAME_UPPER" ? total / 2 : total - total / 2;
            pads[i + Rank] = total - pads[i];
        }

        return [.. pads];
    }

    /// <summary>The kernel's extents: the attribute, else the weights' spatial extents; null where neither is known.</summary>
    public static ImmutableArray<long>? KernelOf(InferenceContext context, Shape weights)
    {
        var given = context.Ints("kernel_shape");
        if (!given.IsDefault)
        {
            return given;
        }

        var isKnown = weights.HasRank && weights.Rank >= 3 && weights.Skip(2).All(extent => extent.IsKnown);
        return isKnown ? [.. weights.Skip(2).Select(extent => extent.Value)] : null;
    }

    private long Windows(int axis, long span, long lastStart)
    {
        if (!IsCeil)
        {
            return span / Strides[axis] + 1;
        }

        var count = (span + Strides[axis] - 1) / Strides[axis] + 1;
        return (count - 1) * Strides[axis] >= lastStart ? count - 1 : count;
    }

    private static ImmutableArray<long> List(Node node, string name, int count, long fallback)
    {
        var given = node.Attributes.Ints(name);
        if (given.IsDefaultOrEmpty)
        {
            return [.. Enumerable.Repeat(fallback, count)];
        }

        return given.Length == count ? given
            : throw new ModelFormatException($"{node}: attribute '{name}' is [{Join(given)}]; expected {count} numbers.");
    }

    private static string Join(ImmutableArray<long> items) => string.Join(',', items);
}
