using System.Collections.Immutable;
using EdgeAI.Compiler;
using EdgeAI.Graph;
using EdgeAI.Onnx;

namespace EdgeAI;

/// <summary>How a model is loaded. Changed by <c>with</c>.</summary>
public sealed record LoadOptions
{
    /// <summary>The defaults.</summary>
    public static LoadOptions Default { get; } = new();

    /// <summary>Numbers for symbolic dimensions ("batch" → 1) that a plan is made for at once; others follow from the first run.</summary>
    public ImmutableDictionary<string, long> Dimensions { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>Devices that may be used beside the CPU; null for all of the runtime's.</summary>
    public ImmutableArray<string>? Devices { get; init; }

    /// <summary>
    /// For how many sets of input shapes a model with symbolic dimensions stays compiled; past that, the one that was used
    /// longest ago is compiled again when it comes back. At least 1.
    /// </summary>
    public int MaxCompiledShapes { get; init; } = 16;

    /// <summary>Limits of reading the file.</summary>
    public OnnxReadOptions Reading { get; init; } = OnnxReadOptions.Default;

    /// <summary>How far the model's own functions may unfold.</summary>
    public FunctionInliningOptions Functions { get; init; } = FunctionInliningOptions.Default;

    /// <summary>What constant folding may spend.</summary>
    public FoldingLimits Folding { get; init; } = FoldingLimits.Default;

    /// <summary>See <see cref="CompilerOptions.MaxPlanBytes"/>.</summary>
    public long MaxPlanBytes { get; init; } = 8L << 30;

    /// <summary>Called after each stage of the compiler.</summary>
    public Action<string, Compilation>? OnStage { get; init; }
}
