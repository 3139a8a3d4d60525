namespace EdgeAI.Testing;

/// <summary>Counts managed bytes.</summary>
public static class Allocations
{
    /// <summary>
    /// Bytes that the calling thread allocates in an action: the least of several readings after some to warm up, because a
    /// collection in the middle adds the unused rest of the thread's allocation window.
    /// </summary>
    public static long Least(Action action, int readings = 5)
    {
        action();
        action();
        var least = long.MaxValue;
        for (var i = 0; i < readings; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
