using System.Collections.Immutable;
using EdgeAI.Graph.Rewrites;

namespace EdgeAI.Graph;

/// <summary>The rewrites that compiler and quantizer use. None changes a bit of any result.</summary>
public static class GraphRewrites
{
    /// <summary>Constant nodes become constants of their graph.</summary>
    public static GraphRewrite LiftConstants { get; } = new LiftConstants();

    /// <summary>Identity, Dropout in inference, and Cast, Reshape, Transpose … that change nothing go.</summary>
    public static GraphRewrite RemoveIdentity { get; } = new RemoveIdentity();

    /// <summary>Nodes and constants that nobody reads go.</summary>
    public static GraphRewrite RemoveDead { get; } = new RemoveDead();

    /// <summary>Each reader of a DequantizeLinear gets one of its own.</summary>
    public static GraphRewrite UniqueDequantize { get; } = new UniqueDequantize();

    /// <summary>What is known before the run is computed; QuantizeLinear and DequantizeLinear stay.</summary>
    /// <param name="evaluator">Computes what is neither a move, a cast nor integer arithmetic; null: such nodes stay.</param>
    /// <param name="maximumBytes">Larger results stay nodes, unless their operands are as large.</param>
    public static GraphRewrite FoldConstants(GraphEvaluator? evaluator = null, long maximumBytes = 4 << 20) => new FoldConstants(evaluator, maximumBytes);

    /// <summary>
    /// The usual order for a model that has just been read: lift, clean, infer, fold, clean again. The model is verified before,
    /// and after each step again.
    /// </summary>
    /// <returns>Number of patches by rewrite.</returns>
    /// <exception cref="ModelFormatException">The model is not valid.</exception>
    public static ImmutableArray<(string Rewrite, int Count)> Simplify(Model model, GraphEvaluator? evaluator = null)
    {
        GraphVerifier.Verify(model);
        var counts = ImmutableArray.CreateBuilder<(string, int)>();
        ShapeInference.Infer(model);
        foreach (var rewrite in (ReadOnlySpan<GraphRewrite>)[LiftConstants, RemoveIdentity, FoldConstants(evaluator), RemoveIdentity, RemoveDead])
        {
            counts.Add((rewrite.Name, rewrite.Apply(model)));
            GraphVerifier.Verify(model);
            ShapeInference.Infer(model);
        }

        return counts.ToImmutable();
    }
}
