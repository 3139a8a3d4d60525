namespace EdgeAI.Hal.Npu;

/// <summary>What one command takes of the machine when nothing else disturbs it.</summary>
/// <param name="Cycles">Cycles that it occupies its engine, without contention.</param>
/// <param name="DramCycles">Of these, cycles at the DRAM's full bandwidth.</param>
/// <param name="Macs">Multiply-accumulates, without padding of the array.</param>
/// <param name="VectorSteps">Element steps of the vector unit.</param>
/// <param name="SramBytes">Bytes to and from SRAM.</param>
/// <param name="DramBytes">Bytes to and from DRAM, whole bursts.</param>
public readonly record struct NpuCost(long Cycles, long DramCycles = 0, long Macs = 0, long VectorSteps = 0, long SramBytes = 0, long DramBytes = 0)
{
    /// <summary>Energy of the activity, without the idle cycles, in femtojoules.</summary>
    public long Femtojoules(NpuConfiguration configuration) => checked(
        (Macs * configuration.MacFemtojoules) + (VectorSteps * configuration.VectorStepFemtojoules)
        + (SramBytes * configuration.SramByteFemtojoules) + (DramBytes * configuration.DramByteFemtojoules));

    /// <summary>Sum of both, part by part.</summary>
    public static NpuCost operator +(NpuCost left, NpuCost right) => checked(new(
        left.Cycles + right.Cycles, left.DramCycles + right.DramCycles, left.Macs + right.Macs,
        left.VectorSteps + right.VectorSteps, left.SramBytes + right.SramBytes, left.DramBytes + right.DramBytes));

    /// <inheritdoc cref="op_Addition"/>
    public static NpuCost Add(NpuCost left, NpuCost right) => left + right;
}
