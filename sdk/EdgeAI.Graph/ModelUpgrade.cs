using System.Collections.Immutable;
using EdgeAI.Graph.Operators;
using EdgeAI.Graph.Upgrades;

namespace EdgeAI.Graph;

/// <summary>What one upgrade rule did to a model.</summary>
/// <param name="Rule">The rule's name, as docs/upgrades.md lists it.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="Places">Names of the nodes (or inputs) that it changed, in order.</param>
public sealed record AppliedUpgrade(string Rule, string Summary, ImmutableArray<string> Places)
{
    /// <summary>How often it was applied.</summary>
    public int Count => Places.Length;

    /// <inheritdoc/>
    public override string ToString() => $"{Rule} ×{Count}";
}

/// <summary>
/// Lifts models of old operator sets to a newer one, and mends what some exporters are known to have written wrong. The results stay
/// those of the old model. Only ai.onnx is lifted; functions of the model keep their own operator sets until they are inlined.
/// </summary>
public static class ModelUpgrade
{
    /// <summary>The version of ai.onnx that models too old to run are lifted to.</summary>
    public const long CurrentOpset = 17;

    /// <summary>The newest version of ai.onnx that <see cref="To"/> reaches.</summary>
    public const long NewestOpset = 25;

    /// <summary>
    /// Makes a model fit to run: one older than version 7 is lifted to <see cref="CurrentOpset"/>, and exporters' defects are mended in
    /// any model. A model that needs neither stays as it is.
    /// </summary>
    /// <returns>What was done to nodes and inputs, by rule. A model whose nodes all mean the same in the newer version changes its import alone.</returns>
    /// <exception cref="ModelFormatException">A node has no equal in the newer operator set; the message names rule, node and reason.</exception>
    public static ImmutableArray<AppliedUpgrade> Run(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var version = model.Opset("");
        return version == 0 ? [] : Lift(model, version < OperatorRegistry.OldestStandardVersion ? CurrentOpset : version);
    }

    /// <summary>Lifts a model to a version of ai.onnx, and mends exporters' defects on the way.</summary>
    /// <param name="model">The model.</param>
    /// <param name="opset">7 to <see cref="NewestOpset"/>; a model that has it or a newer one is not lifted.</param>
    /// <returns>What was done, by rule.</returns>
    /// <exception cref="ModelFormatException">As for <see cref="Run"/>.</exception>
    public static ImmutableArray<AppliedUpgrade> To(Model model, long opset)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(opset, OperatorRegistry.OldestStandardVersion);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(opset, NewestOpset);
        var version = model.Opset("");
        return version == 0 ? [] : Lift(model, Math.Max(version, opset));
    }

    private static ImmutableArray<AppliedUpgrade> Lift(Model model, long opset)
    {
        var trace = new UpgradeTrace();
        AnonymousExtents.Mend(model, trace);
        if (opset > model.Opset("") || Defects.AreIn(model))
        {
            new UpgradeWalk(model, opset, trace).Run();
        }

        return trace.ToImmutable();
    }
}
