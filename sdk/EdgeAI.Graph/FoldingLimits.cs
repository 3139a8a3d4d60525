namespace EdgeAI.Graph;

/// <summary>How much memory constant folding may spend: what passes a limit stays a node and is computed in the run.</summary>
public sealed record FoldingLimits
{
    /// <summary>The defaults.</summary>
    public static FoldingLimits Default { get; } = new();

    /// <summary>Bytes of a node's results, unless its operands are as large.</summary>
    public long MaxResultBytes { get; init; } = 4L << 20;

    /// <summary>Bytes that all results together may be larger than what they are made from.</summary>
    public long MaxTotalBytes { get; init; } = 64L << 20;
}
