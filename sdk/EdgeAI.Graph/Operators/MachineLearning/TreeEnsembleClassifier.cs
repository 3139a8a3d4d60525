using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Classes by decision trees.</summary>
internal static class TreeEnsembleClassifier
{
    public static OperatorSchema Schema { get; } = new("TreeEnsembleClassifier", 1, 3, 5)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T1",
        Outputs = "Y:T2 Z:f32",
        Types = "T1=f32|f64|i32|i64 T2=i64|string",
        Attributes =
            "base_values:floats base_values_as_tensor:tensor@3 class_ids:ints class_nodeids:ints class_treeids:ints " +
            "class_weights:floats class_weights_as_tensor:tensor@3 classlabels_int64s:ints classlabels_strings:texts " +
            "nodes_falsenodeids:ints nodes_featureids:ints nodes_hitrates:floats nodes_hitrates_as_tensor:tensor@3 " +
            "nodes_missing_value_tracks_true:ints nodes_modes:texts nodes_nodeids:ints nodes_treeids:ints " +
            "nodes_truenodeids:ints nodes_values:floats nodes_values_as_tensor:tensor@3 post_transform:text=NONE",
        Infer = static context => Classifiers.Infer(context, "classlabels_int64s"),
    };
}
