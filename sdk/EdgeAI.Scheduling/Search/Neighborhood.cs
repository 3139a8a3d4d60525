using EdgeAI.Scheduling.Elimination;

namespace EdgeAI.Scheduling.Search;

/// <summary>Improves a placement by elimination in which just so many variables keep their label that tables stay small.</summary>
internal static class Neighborhood
{
    /// <summary>The best devices near the given ones; never worse, and optimal if no variable had to be fixed.</summary>
    public static byte[] Solve(NetworkBuilder builder, byte[] devices, int maxEntries, int[] timesFixed, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var labels = builder.LabelsOf(devices);
        var order = EliminationOrder.FindFixing(builder.Network, maxEntries, timesFixed, cancellation);
        BucketElimination.Solve(builder.Network, order, labels, cancellation);
        return builder.DevicesOf(labels);
    }
}
