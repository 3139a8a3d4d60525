using System.Collections.Immutable;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Hal.Dsp;

/// <summary>What instructions cost on a configuration.</summary>
/// <param name="Cycles">Cycles from start to end, DMA overlapped where tiles are double-buffered.</param>
/// <param name="IssueSlots">Vector operations, over all threads.</param>
/// <param name="DmaBytes">Bytes to and from main memory.</param>
/// <param name="EnergyJoules">Energy.</param>
public readonly record struct DspCost(long Cycles, long IssueSlots, long DmaBytes, double EnergyJoules)
{
    /// <summary>One after the other.</summary>
    public static DspCost operator +(DspCost left, DspCost right) => Add(left, right);

    /// <summary>One after the other.</summary>
    public static DspCost Add(DspCost left, DspCost right) =>
        new(left.Cycles + right.Cycles, left.IssueSlots + right.IssueSlots, left.DmaBytes + right.DmaBytes, left.EnergyJoules + right.EnergyJoules);
}

/// <summary>The time model: a pure function of program and configuration, used by compiler and simulator alike.</summary>
public static class DspTiming
{
    /// <summary>Cost of each instruction, in program order.</summary>
    public static ImmutableArray<DspCost> PerInstruction(DspImage image, DspConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(configuration);
        return [.. image.Instructions.Select(instruction => InstructionTiming.Of(instruction, configuration))];
    }

    /// <summary>Cost of the whole program: the sum of its instructions.</summary>
    public static DspCost Total(DspImage image, DspConfiguration configuration) => Sum(PerInstruction(image, configuration));

    internal static DspCost Of(IEnumerable<Instruction> instructions, DspConfiguration configuration) =>
        Sum(instructions.Select(instruction => InstructionTiming.Of(instruction, configuration)));

    private static DspCost Sum(IEnumerable<DspCost> costs) => costs.Aggregate(default(DspCost), (sum, cost) => sum + cost);
}
