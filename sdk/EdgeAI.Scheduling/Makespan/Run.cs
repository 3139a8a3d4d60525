namespace EdgeAI.Scheduling.Makespan;

/// <summary>Items that one device runs as one segment, in a topological order.</summary>
internal sealed record Run(byte Device, int[] Items)
{
    /// <summary>The device of each item of a sequence of runs.</summary>
    public static byte[] DevicesOf(IReadOnlyList<Run> runs, int itemCount)
    {
        var devices = new byte[itemCount];
        foreach (var run in runs)
        {
            foreach (var item in run.Items)
            {
                devices[item] = run.Device;
            }
        }

        return devices;
    }
}
