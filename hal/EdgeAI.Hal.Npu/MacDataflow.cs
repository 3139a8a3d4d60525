namespace EdgeAI.Hal.Npu;

/// <summary>Which operand of a matrix product stays in the MAC array, and what a change of it costs.</summary>
public enum MacDataflow
{
    /// <summary>Weights stay; the next ones load while pixels stream, so only the first load and the last drain show. The machine's own.</summary>
    OverlappedWeights,

    /// <summary>Weights stay; each fold loads them, streams all pixels and drains before the next: SCALE-Sim's "ws".</summary>
    SystolicWeights,

    /// <summary>Outputs stay; operands enter from two sides, each fold drains before the next: SCALE-Sim's "os".</summary>
    SystolicOutputs,
}
