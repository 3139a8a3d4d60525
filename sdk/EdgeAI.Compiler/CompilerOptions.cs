using System.Collections.Immutable;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Graph;
using EdgeAI.Scheduling;

namespace EdgeAI.Compiler;

/// <summary>How a model is compiled. Changed by <c>with</c>.</summary>
public sealed record CompilerOptions
{
    /// <summary>The board that costs are predicted for.</summary>
    public BoardProfile Profile { get; init; } = BoardProfile.Default;

    /// <summary>What placement minimizes (latency as a sum unless said otherwise: makespan, throughput, energy), under which budget, and how hard it tries.</summary>
    public PlacementOptions Placement { get; init; } = PlacementOptions.Default;

    /// <summary>What the CPU's operators really cost; those that are not in it, and everything where it is null, are predicted by the profile.</summary>
    public MeasuredCosts? CpuCosts { get; init; }

    /// <summary>Targets beside the CPU's, in order of device.</summary>
    public ImmutableArray<Target> Accelerators { get; init; } = [];

    /// <summary>Evaluates small constant graphs; without it only what the graph library folds by itself is folded.</summary>
    public GraphEvaluator? Evaluator { get; init; }

    /// <summary>Numbers for symbolic dimensions ("batch" → 1).</summary>
    public ImmutableDictionary<string, long> Symbols { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>How far the model's own functions may unfold.</summary>
    public FunctionInliningOptions Functions { get; init; } = FunctionInliningOptions.Default;

    /// <summary>What constant folding may spend.</summary>
    public FoldingLimits Folding { get; init; } = FoldingLimits.Default;

    /// <summary>
    /// Bytes that one computed tensor, and the memory that the plan lays out on all devices together, may take. A few bytes of file can
    /// ask for any amount. What ONNX Runtime takes inside a segment for tensors of unknown size is not known before the run.
    /// </summary>
    public long MaxPlanBytes { get; init; } = 8L << 30;

    /// <summary>
    /// Reads the same model again, as its file has it: what stays whole on the CPU is handed over like that, so that results are
    /// those of the file bit by bit. Without it the compiled graph is handed over.
    /// </summary>
    public Func<Model>? Source { get; init; }

    /// <summary>What <see cref="Source"/> would come to, where it is known already; so the file need not be read again.</summary>
    internal WholeModel? Whole { get; init; }

    /// <summary>
    /// For how many kinds of refused operators it is found out what the plan would win if their device took them, largest first; each is
    /// another solve. 0 for none.
    /// </summary>
    public int MaxWhatIfs { get; init; }

    /// <summary>Called after each stage with its name and what there is so far: for dumps, progress and tests.</summary>
    public Action<string, Compilation>? OnStage { get; init; }

    /// <summary>Name of the last stage to run; null for all.</summary>
    public string? StopAfter { get; init; }
}
