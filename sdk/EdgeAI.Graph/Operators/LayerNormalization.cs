using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>(x − mean) / deviation over the last axes, scaled and shifted.</summary>
internal static class LayerNormalization
{
    public static OperatorSchema Schema { get; } = new("LayerNormalization", 17)
    {
        Inputs = "X:T Scale:T B?:T",
        Outputs = "Y:T Mean?:U InvStdDev?:U",
        Types = "T=float U=bf16|f32",
        Attributes = "axis:int=-1 epsilon:float=1e-05 stash_type:int=1",
        Infer = Normalization.Layer,
    };
}
