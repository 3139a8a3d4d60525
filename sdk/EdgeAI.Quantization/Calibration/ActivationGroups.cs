using EdgeAI.Graph;

namespace EdgeAI.Quantization.Calibration;

/// <summary>Splits activations into groups that one run may expose together, so that memory stays bounded.</summary>
internal static class ActivationGroups
{
    public static IReadOnlyList<IReadOnlyList<Value>> Split(IEnumerable<Value> values, long maximumBytes)
    {
        var groups = new List<List<Value>>();
        var left = 0L;
        foreach (var value in values)
        {
            var bytes = Bytes(value);
            if (groups.Count == 0 || bytes > left)
            {
                groups.Add([]);
                left = maximumBytes;
            }

            groups[^1].Add(value);
            left -= bytes;
        }

        return groups;
    }

    /// <summary>Symbolic extents count as one: how large they are is seen only in the run.</summary>
    private static long Bytes(Value value) =>
        (long)Math.Min(value.Shape.Aggregate(4.0, (product, extent) => product * Math.Max(extent.Value, 1)), long.MaxValue / 4);
}
