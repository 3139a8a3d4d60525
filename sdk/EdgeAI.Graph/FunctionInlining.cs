using System.Collections.Immutable;
using EdgeAI.Graph.Functions;
using EdgeAI.Graph.Upgrades;

namespace EdgeAI.Graph;

/// <summary>How far functions may unfold.</summary>
public sealed record FunctionInliningOptions
{
    /// <summary>The defaults.</summary>
    public static FunctionInliningOptions Default { get; } = new();

    /// <summary>Nodes that a model may have after all calls are unfolded; counted before anything is unfolded.</summary>
    public long MaxNodes { get; init; } = 2_000_000;

    /// <summary>Calls within calls, and subgraphs within those.</summary>
    public int MaxDepth { get; init; } = 64;
}

/// <summary>A function whose calls were replaced by its body.</summary>
/// <param name="Function">Domain, name and overload, as "domain.name" or "domain.name:overload".</param>
/// <param name="Calls">How many calls.</param>
public sealed record InlinedFunction(string Function, int Calls);

/// <summary>
/// Replaces every call of a function that the model defines by the function's body, so that inference sees its values and its nodes can
/// be placed one by one. Inner nodes are called "call/inner".
/// </summary>
public static class FunctionInlining
{
    /// <summary>Unfolds all calls, in subgraphs too, and takes the functions off the model.</summary>
    /// <param name="model">The model; where bodies are written in another version of ai.onnx, both are lifted to the newer one.</param>
    /// <param name="options">Limits.</param>
    /// <returns>What was unfolded; empty where the model has no functions.</returns>
    /// <exception cref="ModelFormatException">A function calls itself, the unfolded model would be too large, or a body does not fit its call.</exception>
    public static ImmutableArray<InlinedFunction> Run(Model model, FunctionInliningOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Functions.Count == 0)
        {
            return [];
        }

        var table = new FunctionTable(model);
        options ??= FunctionInliningOptions.Default;
        new CallGraph(table, options).Check(model);
        var inliner = new FunctionInliner(model, table, options);
        inliner.Run();
        var versions = FunctionImports.Merge(model, inliner.Calls.Keys);
        model.Functions.Clear();
        if (versions.NeedsLifting)
        {
            new UpgradeWalk(model, versions.Target, new UpgradeTrace(), inliner.VersionOf).Run();
        }

        return [.. inliner.Calls.Select(pair => new InlinedFunction(FunctionTable.NameOf(pair.Key), pair.Value))];
    }
}
