using System.Collections.Immutable;
using EdgeAI.Compiler;
using EdgeAI.Graph;
using EdgeAI.Onnx;
using EdgeAI.Runtime;
using EdgeAI.Scheduling;

namespace EdgeAI;

/// <summary>How a model is loaded. Changed by <c>with</c>.</summary>
public sealed record LoadOptions
{
    /// <summary>The defaults.</summary>
    public static LoadOptions Default { get; } = new();

    /// <summary>
    /// Numbers for symbolic dimensions ("batch" → 1) that a plan is made for at once; others follow from the first run. An open extent of an
    /// input that the file gives no name has the input's and its axis: "image.2".
    /// </summary>
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

    /// <summary>What placement minimizes (latency as a sum unless said otherwise: makespan, throughput, energy), under which budget.</summary>
    public PlacementOptions Placement { get; init; } = PlacementOptions.Default;

    /// <summary>
    /// What operators really cost on this machine's CPU (<see cref="CostCalibrator"/>), instead of the board profile's figures; null for
    /// these. Beside simulated devices, which stand for a board, the profile is the right choice.
    /// </summary>
    public MeasuredCosts? Costs { get; init; }

    /// <summary>What the plan must hold; null for nothing. See <see cref="Require"/>.</summary>
    public PlanRequirements? Requirements { get; init; }

    /// <summary>See <see cref="CompilerOptions.MaxWhatIfs"/>.</summary>
    public int MaxWhatIfs { get; init; }

    /// <summary>
    /// A folder where compiled models are kept (<see cref="PlanBundle"/>s): what fits the file's content, the devices and these options is
    /// loaded from there without compiling; what does not is compiled and replaced. Null for none. It may be emptied at any time.
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>Called after each stage of the compiler.</summary>
    public Action<string, Compilation>? OnStage { get; init; }

    /// <summary>
    /// The same options; loading fails where the plan does not hold this, instead of falling back silently. A model with open
    /// dimensions is checked when it is first compiled.
    /// </summary>
    /// <param name="coverage">Least part of the operators, 0 to 1, that run on <paramref name="device"/> (null: on any but the CPU).</param>
    /// <param name="maxLatency">Most predicted time of one inference.</param>
    /// <param name="maxEnergy">Most predicted energy of one inference, in joules.</param>
    /// <param name="maxSegments">Most executables started per inference.</param>
    /// <param name="device">Device that must run something.</param>
    public LoadOptions Require(double? coverage = null, TimeSpan? maxLatency = null, double? maxEnergy = null, int? maxSegments = null, string? device = null) => this with
    {
        Requirements = new PlanRequirements { Coverage = coverage, MaxLatency = maxLatency, MaxEnergyJoules = maxEnergy, MaxSegments = maxSegments, Device = device },
    };
}
