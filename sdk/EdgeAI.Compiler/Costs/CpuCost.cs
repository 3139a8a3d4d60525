namespace EdgeAI.Compiler.Costs;

/// <summary>What a unit costs on a board's processor: a roofline with an overhead per unit.</summary>
internal static class CpuCost
{
    public static UnitCost Estimate(CpuProfile cpu, in WorkEstimate work)
    {
        var macRate = work.IsInteger ? cpu.IntegerMacsPerSecond : cpu.FloatMacsPerSecond;
        var compute = (work.MultiplyAdds / macRate) + (work.ElementOperations / cpu.ElementsPerSecond);
        var bytes = work.ActivationBytes + work.WeightBytes;
        var seconds = Math.Max(compute, bytes / cpu.MemoryBytesPerSecond) + cpu.NodeSeconds;
        return new UnitCost(seconds, seconds * cpu.ActiveWatts, (long)bytes);
    }
}
