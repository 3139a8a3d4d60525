namespace EdgeAI.Scheduling.Modeling;

/// <summary>
/// What it costs to make a value that lies on one device present on a set of devices, each hop paid once. Sets are bit
/// masks. Fixed and per-byte parts are tabulated for all (device, set), so a value's cost is one multiplication.
/// </summary>
internal sealed class CopyCosts
{
    private readonly Link?[] _links;
    private readonly int _deviceCount;
    private readonly int _host;
    private readonly double[] _fixedSum;
    private readonly double[] _perByteSum;

    public CopyCosts(PlacementProblem problem)
    {
        (_deviceCount, _host) = (problem.Devices.Length, problem.HostDevice);
        _links = new Link?[_deviceCount * _deviceCount];
        foreach (var link in problem.Links)
        {
            _links[(link.From * _deviceCount) + link.To] = link;
        }

        _fixedSum = new double[_deviceCount << _deviceCount];
        _perByteSum = new double[_deviceCount << _deviceCount];
        for (var index = 0; index < _fixedSum.Length; index++)
        {
            Tabulate(index >> _deviceCount, index & ((1 << _deviceCount) - 1));
        }
    }

    public double Of(double bytes, int from, int set)
    {
        var index = (from << _deviceCount) | set;
        return _fixedSum[index] + (_perByteSum[index] * bytes);
    }

    /// <summary>The set with the host added where a member can only be reached through it, and without the source.</summary>
    public int Close(int from, int set)
    {
        for (var device = 0; device < _deviceCount; device++)
        {
            if ((set >> device & 1) != 0 && device != from && _links[(from * _deviceCount) + device] is null)
            {
                set |= 1 << _host;
            }
        }

        return set & ~(1 << from);
    }

    /// <summary>The last link over which a value that lies on <paramref name="from"/> reaches <paramref name="to"/>.</summary>
    public Link LastHop(int from, int to) => _links[(from * _deviceCount) + to] ?? _links[(_host * _deviceCount) + to]!;

    private void Tabulate(int from, int set)
    {
        var closed = Close(from, set);
        for (var device = 0; device < _deviceCount; device++)
        {
            if ((closed >> device & 1) != 0)
            {
                _fixedSum[(from << _deviceCount) | set] += LastHop(from, device).FixedCost;
                _perByteSum[(from << _deviceCount) | set] += LastHop(from, device).CostPerByte;
            }
        }
    }
}
