using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Runtime;
using EdgeAI.Scheduling;

namespace EdgeAI.Compiler;

/// <summary>What a compilation has come to so far; each stage of <see cref="ModelCompiler"/> adds its part.</summary>
public sealed class Compilation
{
    internal Compilation(Model model, string name, CompilerOptions options, ImmutableArray<Target> targets) =>
        (Model, Name, Options, Targets, OutputNames) = (model, name, options, targets, [.. model.Graph.Outputs.Select(output => output.Name)]);

    /// <summary>The model; passes change its graph.</summary>
    public Model Model { get; }

    /// <summary>Name for plans and errors: the file's.</summary>
    public string Name { get; }

    /// <summary>What was asked for.</summary>
    public CompilerOptions Options { get; }

    /// <summary>All targets; the first is the host's CPU.</summary>
    public ImmutableArray<Target> Targets { get; }

    /// <summary>What was lifted from old operator sets or mended.</summary>
    public ImmutableArray<AppliedUpgrade> Upgrades { get; internal set; } = [];

    /// <summary>True where the model is no longer what its file says, be it only the version of its operator set.</summary>
    internal bool IsUpgraded { get; set; }

    /// <summary>True where the file holds an integer division that ONNX Runtime might not survive.</summary>
    internal bool NeedsGuards { get; set; }

    /// <summary>The model's functions whose calls were replaced by their bodies.</summary>
    public ImmutableArray<InlinedFunction> InlinedFunctions { get; internal set; } = [];

    /// <summary>What is placed, in topological order.</summary>
    public ImmutableArray<GraphUnit> Units { get; internal set; } = [];

    /// <summary>The answer of each target (second index) for each unit (first).</summary>
    internal UnitAnswer[,] Answers { get; set; } = new UnitAnswer[0, 0];

    /// <summary>The placement and its certificate.</summary>
    public Placement? Placement { get; internal set; }

    /// <summary>The placement's segments.</summary>
    public ImmutableArray<GraphSegment> Segments { get; internal set; } = [];

    /// <summary>The segments as bytes, in the same order.</summary>
    public ImmutableArray<CompileSuccess> Compiled { get; internal set; } = [];

    /// <summary>Model against compiled segments; null where no target knows what its segments cost.</summary>
    public SegmentCheck? Check { get; internal set; }

    /// <summary>What the plan would win if devices took what they refuse.</summary>
    public ImmutableArray<WhatIf> WhatIfs { get; internal set; } = [];

    /// <summary>The result.</summary>
    public Plan? Plan { get; internal set; }

    /// <summary>What the user should know: compile failures that went back to placement and the like.</summary>
    public IList<string> Notes { get; } = [];

    /// <summary>What a target said to a unit; indices into <see cref="Units"/> and <see cref="Targets"/>.</summary>
    public UnitAnswer Answer(int unit, int target) => Answers[unit, target];

    /// <summary>What the file calls its outputs; passes may put other values in their places.</summary>
    internal ImmutableArray<string> OutputNames { get; }

    internal IReadOnlyList<Value> PlacedValues { get; set; } = [];

    internal Dictionary<string, CompileResult> CompileCache { get; } = [];

    /// <summary>Bytes of each device's memory that placement must leave, by index of the target.</summary>
    internal Dictionary<int, long> ReservedBytes { get; } = [];
}

/// <summary>A target's answer for a unit: what it costs there, or why it cannot run there.</summary>
public readonly record struct UnitAnswer(UnitCost Cost, Refusal? Refusal)
{
    /// <summary>True when the target takes the unit.</summary>
    public bool IsSupported => Refusal is null;
}
