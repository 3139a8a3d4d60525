using System.Collections.Immutable;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Rewrites;

namespace EdgeAI.Graph;

/// <summary>The rewrites that compiler and quantizer use. None changes a bit of any result, but for <see cref="FoldAffine"/>.</summary>
public static class GraphRewrites
{
    /// <summary>Constant nodes become constants of their graph.</summary>
    public static GraphRewrite LiftConstants { get; } = new LiftConstants();

    /// <summary>Identity, Dropout in inference, and Cast, Reshape, Transpose … that change nothing go.</summary>
    public static GraphRewrite RemoveIdentity { get; } = new RemoveIdentity();

    /// <summary>Nodes and constants that nobody reads go.</summary>
    public static GraphRewrite RemoveDead { get; } = new RemoveDead();

    /// <summary>
    /// BatchNormalization and arithmetic by a constant per channel go into the weights and bias before them. The only rewrite here that
    /// rounds elsewhere: results differ in their last bits.
    /// </summary>
    public static GraphRewrite FoldAffine { get; } = new FoldAffine();

    /// <summary>Each reader of a DequantizeLinear gets one of its own.</summary>
    public static GraphRewrite UniqueDequantize { get; } = new UniqueDequantize();

    /// <summary>The smallest integer is never divided by −1, which ONNX Runtime does not survive; results wrap as the type does.</summary>
    public static GraphRewrite GuardDivision { get; } = new GuardDivision();

    /// <summary>Ranks, counts and extents of 0 that ONNX Runtime does not survive are found in the run where nothing is known of them before.</summary>
    public static GraphRewrite GuardOperands { get; } = new GuardOperands();

    /// <summary>Ranks of the tensors in a sequence are compared before they are joined, which ONNX Runtime does not do with those without elements. A new one for each use.</summary>
    public static GraphRewrite GuardSequences() => new Rewrites.GuardSequences();

    /// <summary>True where a guard has something to do, or cannot tell because nothing is known of a type.</summary>
    internal static bool NeedsGuards(Model model) => ShapeInference.Graphs(model.Graph).SelectMany(graph => graph.Nodes)
        .Any(node => Rewrites.GuardDivision.IsOpen(node) || IntegerDivision.MayTrapUnknown(node) || Rewrites.GuardOperands.Open(model, node).Any() || Rewrites.GuardSequences.IsOpen(node));

    /// <summary>What is known before the run is computed; QuantizeLinear and DequantizeLinear stay.</summary>
    /// <param name="evaluator">Computes what is neither a move, a cast nor integer arithmetic; null: such nodes stay.</param>
    /// <param name="limits">Results that pass them stay nodes; null for the defaults.</param>
    public static GraphRewrite FoldConstants(GraphEvaluator? evaluator = null, FoldingLimits? limits = null) => new FoldConstants(evaluator, limits ?? FoldingLimits.Default);

    /// <summary>
    /// All rewrites that change no bit of any result, to their common fixpoint: for a model that has just been read. The model is
    /// verified before and after; between, what a patch touches is inferred and verified again.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="evaluator">See <see cref="FoldConstants"/>.</param>
    /// <param name="limits">See <see cref="FoldConstants"/>.</param>
    /// <param name="verifyEachPatch">Verifies the whole model after each patch: for tests.</param>
    /// <returns>Number of patches by rewrite.</returns>
    /// <exception cref="ModelFormatException">The model is not valid.</exception>
    public static ImmutableArray<(string Rewrite, int Count)> Simplify(Model model, GraphEvaluator? evaluator = null, FoldingLimits? limits = null, bool verifyEachPatch = false)
    {
        GraphVerifier.Verify(model);
        return SimplifyVerified(model, evaluator, limits, verifyEachPatch);
    }

    /// <summary>As <see cref="Simplify"/>, for a model that was verified and not changed since.</summary>
    internal static ImmutableArray<(string Rewrite, int Count)> SimplifyVerified(Model model, GraphEvaluator? evaluator, FoldingLimits? limits, bool verifyEachPatch = false) =>
        Apply(model, Exact(evaluator, limits), verifyEachPatch);

    /// <summary>
    /// <see cref="Simplify"/>, with <see cref="FoldAffine"/> and Transposes that move no element turned into Reshapes: for what is quantized afterwards or computed by an accelerator's
    /// own rules. Float results change in their last bits.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="evaluator">See <see cref="FoldConstants"/>.</param>
    /// <param name="limits">See <see cref="FoldConstants"/>.</param>
    /// <param name="verifyEachPatch">Verifies the whole model after each patch: for tests.</param>
    /// <returns>Number of patches by rewrite.</returns>
    /// <exception cref="ModelFormatException">The model is not valid.</exception>
    public static ImmutableArray<(string Rewrite, int Count)> Fuse(Model model, GraphEvaluator? evaluator = null, FoldingLimits? limits = null, bool verifyEachPatch = false)
    {
        GraphVerifier.Verify(model);
        return Apply(model, [.. Exact(evaluator, limits), new ReshapeTransposes(), FoldAffine], verifyEachPatch);
    }

    /// <summary>The list of passes that change no bit, in order of preference (docs/passes.md says what each does).</summary>
    internal static ImmutableArray<GraphRewrite> Exact(GraphEvaluator? evaluator, FoldingLimits? limits) =>
    [
        LiftConstants,
        new InlineIf(),
        RemoveIdentity,
        new RemoveNeutral(),
        new RemoveInverse(),
        new RemoveRequantize(),
        new SelectKnown(),
        new MergeCasts(),
        new MergeReshapes(),
        new MergeTransposes(),
        new CancelTransposes(),
        new MergeConcats(),
        new MergeBounds(),
        new FoldPad(),
        FoldConstants(evaluator, limits),
        new ShareConstants(),
        new ShareNodes(),
        RemoveDead,
    ];

    private static ImmutableArray<(string Rewrite, int Count)> Apply(Model model, ImmutableArray<GraphRewrite> rewrites, bool verifyEachPatch)
    {
        var counts = new RewriteRun(model, rewrites, verifyEachPatch).Run();
        GraphVerifier.Verify(model);
        return [.. rewrites.Zip(counts, (rewrite, count) => (rewrite.Name, count))];
    }
}
