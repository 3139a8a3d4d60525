using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Decision trees of any kind.</summary>
internal static class TreeEnsemble
{
    public static OperatorSchema Schema { get; } = new("TreeEnsemble", 5)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes =
            "aggregate_function:int=1 leaf_targetids:ints! leaf_weights:tensor! membership_values:tensor n_targets:int " +
            "nodes_falseleafs:ints! nodes_falsenodeids:ints! nodes_featureids:ints! nodes_hitrates:tensor " +
            "nodes_missing_value_tracks_true:ints nodes_modes:tensor! nodes_splits:tensor! nodes_trueleafs:ints! " +
            "nodes_truenodeids:ints! post_transform:int=0 tree_roots:ints!",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var rows = context.ShapeOf(0) is { HasRank: true, Rank: > 0 } shape ? shape[0] : Dimension.Unknown;
        context.Set(0, new([rows, context.IntOrNull("n_targets") is { } targets ? targets : Dimension.Unknown]));
    }
}
