using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Numbers by decision trees.</summary>
internal static class TreeEnsembleRegressor
{
    public static OperatorSchema Schema { get; } = new("TreeEnsembleRegressor", 1, 3, 5)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T",
        Outputs = "Y:f32",
        Types = "T=f32|f64|i32|i64",
        Attributes =
            "aggregate_function:text=SUM base_values:floats base_values_as_tensor:tensor@3 n_targets:int " +
            "nodes_falsenodeids:ints nodes_featureids:ints nodes_hitrates:floats nodes_hitrates_as_tensor:tensor@3 " +
            "nodes_missing_value_tracks_true:ints nodes_modes:texts nodes_nodeids:ints nodes_treeids:ints " +
            "nodes_truenodeids:ints nodes_values:floats nodes_values_as_tensor:tensor@3 post_transform:text=NONE " +
            "target_ids:ints target_nodeids:ints target_treeids:ints target_weights:floats " +
            "target_weights_as_tensor:tensor@3",
        Infer = static context => Classifiers.Regress(context, "n_targets"),
    };
}
