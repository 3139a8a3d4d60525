namespace EdgeAI.Scheduling.Modeling;

/// <summary>
/// What it costs to make a value that lies on one device present on a set of devices, each hop paid once. Sets are bit
/// masks. Fixed and per-byte parts are tabulated for all (device, set), so a value's cost is one multiplication.
/// </summary>
internal sealed class CopyCosts
{
    private readonly Link?[] links;
    private readonly int deviceCount;
    private readonly int host;
    private readonly double[] fixedSum;
    private readonly double[] perByteSum;

    public CopyCosts(PlacementProblem problem)
    {
        (deviceCount, host) = (problem.Devices.Length, problem.HostDevice);
        links = new Link?[deviceCount * deviceCount];
        foreach (var link in problem.Links)
        {
            links[(link.From * deviceCount) + link.To] = link;
        }

        fixedSum = new double[deviceCount << deviceCount];
        perByteSum = new double[deviceCount << deviceCount];
        for (var index = 0; index < fixedSum.Length; index++)
        {
            Tabulate(index >> deviceCount, index & ((1 << deviceCount) - 1));
        }
    }

    public double Of(double bytes, int from, int set)
    {
        var index = (from << deviceCount) | set;
        return fixedSum[index] + (perByteSum[index] * bytes);
    }

    /// <summary>The set with the host added where a member can only be reached through it, and without the source.</summary>
    public int Close(int from, int set)
    {
        for (var device = 0; device < deviceCount; device++)
        {
            if ((set >> device & 1) != 0 && device != from && links[(from * deviceCount) + device] is null)
            {
                set |= 1 << host;
            }
        }

        return set & ~(1 << from);
    }

    /// <summary>The last link over which a value that lies on <paramref name="from"/> reaches <paramref name="to"/>.</summary>
    public Link LastHop(int from, int to) => links[(from * deviceCount) + to] ?? links[(host * deviceCount) + to]!;

    private void Tabulate(int from, int set)
    {
        var closed = Close(from, set);
        for (var device = 0; device < deviceCount; device++)
        {
            if ((closed >> device & 1) != 0)
            {
                fixedSum[(from << deviceCount) | set] += LastHop(from, device).FixedCost;
                perByteSum[(from << deviceCount) | set] += LastHop(from, device).CostPerByte;
            }
        }
    }
}
