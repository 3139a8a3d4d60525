namespace EdgeAI.Onnx;

/// <summary>How a model is written to a file.</summary>
public sealed record OnnxWriteOptions
{
    /// <summary>The defaults: all weights in the one file.</summary>
    public static OnnxWriteOptions Default { get; } = new();

    /// <summary>Weights of at least this many bytes go to one file beside the model; null: none do.</summary>
    public long? ExternalThreshold { get; init; }

    /// <summary>
    /// Each weight in that file starts at a multiple of this many bytes: 4096 lets each be mapped alone, 64 saves room.
    /// </summary>
    public int Alignment { get; init; } = 4096;
}
