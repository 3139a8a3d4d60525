using EdgeAI.Hal;

namespace EdgeAI.Quantization.Calibration;

/// <summary>Splits activations into groups that one run may expose together, so that memory stays bounded.</summary>
internal static class ActivationGroups
{
    /// <summary>Groups of names; a value that is larger than the bound has one of its own.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Split(IEnumerable<string> names, long maximumBytes, Func<string, Shape> shapeOf)
    {
        var groups = new List<List<string>>();
        var left = 0L;
        foreach (var name in names)
        {
            var bytes = Bytes(shapeOf(name));
            if (groups.Count == 0 || bytes > left)
            {
                groups.Add([]);
                left = maximumBytes;
            }

            groups[^1].Add(name);
            left -= bytes;
        }

        return groups;
    }

    /// <summary>Extents that depend on data count as one: how large they are is seen only in the run.</summary>
    private static long Bytes(Shape shape) =>
        (long)Math.Min(shape.Aggregate(4.0, (product, extent) => product * Math.Max(extent.Value, 1)), long.MaxValue / 4);
}
