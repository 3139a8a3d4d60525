namespace EdgeAI.Onnx;

/// <summary>Limits for reading models that nobody vouches for.</summary>
public sealed record OnnxReadOptions
{
    /// <summary>The defaults.</summary>
    public static OnnxReadOptions Default { get; } = new();

    /// <summary>Subgraphs within subgraphs, types within types.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Nodes in all graphs together.</summary>
    public int MaxNodes { get; init; } = 2_000_000;

    /// <summary>Inputs, initializers and results of nodes in all graphs together.</summary>
    public int MaxValues { get; init; } = 4_000_000;

    /// <summary>Bytes of one name (of a node, value, graph, function, operator or operator set), in UTF-8: each may be written many times.</summary>
    public int MaxNameBytes { get; init; } = 64 << 10;

    /// <summary>Extents of a tensor or of a tensor's type.</summary>
    public int MaxRank { get; init; } = 64;

    /// <summary>Bytes that may be allocated to decode tensors which do not lie in the file as they are.</summary>
    public long MaxDecodedBytes { get; init; } = 1L << 31;

    /// <summary>Compares external files with the SHA-1 that the model gives for them, where it gives one; reads them wholly.</summary>
    public bool VerifyChecksums { get; init; }
}
