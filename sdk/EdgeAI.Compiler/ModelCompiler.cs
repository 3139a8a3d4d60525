using System.Collections.Immutable;
using EdgeAI.Compiler.Costs;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Compiler.Targets.Onnx;
using EdgeAI.Graph;

namespace EdgeAI.Compiler;

/// <summary>From a model to a plan: one list of stages. Deterministic.</summary>
public sealed class ModelCompiler(CompilerOptions options)
{
    private static readonly ImmutableArray<(string Name, Action<Compilation, CancellationToken> Run)> Stages =
    [
        ("upgrade", (state, _) => Upgrade(state)),
        ("inline", (state, _) => state.InlinedFunctions = FunctionInlining.Run(state.Model, state.Options.Functions)),
        ("verify", (state, _) => GraphVerifier.Verify(state.Model)),
        ("infer", (state, _) => Infer(state)),
        ("size", (state, _) => SizeCheck.Run(state.Model)),
        ("simplify", (state, _) => GraphRewrites.SimplifyVerified(state.Model, state.Options.Evaluator, state.Options.Folding)),
        ("legalize", (state, _) => Legalization.Run(state.Model)),
        ("limit", (state, _) => MemoryLimit.Check(state)),
        ("group", (state, _) => state.Units = UnitGrouper.Group(state.Model.Graph)),
        ("cost", (state, _) => AskCosts(state)),
        ("place", PlacementStage.Run),
        ("whole", (state, _) => WholeModel.Restore(state)),
        ("explain", (state, cancellationToken) => state.WhatIfs = WhatIfs.Run(state, cancellationToken)),
        ("emit", (state, _) => state.Plan = PlanEmitter.Emit(state)),
    ];

    private static void Infer(Compilation state)
    {
        ShapeInference.Infer(state.Model, state.Options.Symbols);
        state.NeedsGuards = GraphRewrites.NeedsGuards(state.Model);
    }

    private static void Upgrade(Compilation state)
    {
        var opset = state.Model.Opset("");
        state.Upgrades = ModelUpgrade.Run(state.Model);
        state.IsUpgraded = opset != state.Model.Opset("") || !state.Upgrades.IsEmpty;
        if (state.IsUpgraded)
        {
            state.Notes.Add($"upgraded from ai.onnx {opset} to {state.Model.Opset("")}: {(state.Upgrades.IsEmpty ? "no node changed" : string.Join(", ", state.Upgrades))}");
        }
    }

    private static void AskCosts(Compilation state)
    {
        UnitAnswers.Ask(state);
        if (state.Options.CpuCosts is { } measured && state.Units.Count(unit => measured.Find(unit) is null) is > 0 and var missing)
        {
            state.Notes.Add($"{missing} of {state.Units.Length} operators were not measured on this machine and are predicted by the profile: 'edgeai calibrate' measures them");
        }
    }

    /// <summary>Names of the stages, in order.</summary>
    public static IReadOnlyList<string> StageNames { get; } = [.. Stages.Select(stage => stage.Name)];

    /// <summary>Compiles a model. The model's graph is changed on the way and belongs to the compilation afterwards.</summary>
    /// <param name="model">The model, as read.</param>
    /// <param name="name">Name for the plan and for errors, mostly the file's.</param>
    /// <param name="cancellationToken">Stops between stages and inside placement.</param>
    /// <exception cref="ModelFormatException">The model is not valid.</exception>
    /// <exception cref="PlacementFailedException">No device runs some operator.</exception>
    public Compilation Compile(Model model, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (options.StopAfter is { } last && !StageNames.Contains(last))
        {
            throw new ArgumentException($"There is no stage '{last}'. Known: {string.Join(", ", StageNames)}.");
        }

        var state = new Compilation(model, name, options, [new OnnxTarget(options.Profile, options.CpuCosts), .. options.Accelerators]);
        foreach (var (stage, run) in Stages)
        {
            cancellationToken.ThrowIfCancellationRequested();
            run(state, cancellationToken);
            options.OnStage?.Invoke(stage, state);
            if (stage == options.StopAfter)
            {
                break;
            }
        }

        return state;
    }
}
