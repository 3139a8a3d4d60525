using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>(x − mean) / deviation per channel, scaled and shifted.</summary>
internal static class BatchNormalization
{
    public static OperatorSchema Schema { get; } = new("BatchNormalization", 1, 6, 7, 9, 14, 15)
    {
        Inputs = "X:T scale:T1 B:T1 mean:T2 var:T2",
        Outputs = "Y:T running_mean?:T2 running_var?:T2 saved_mean?:T@-14 saved_var?:T@-14",
        Types = "T=float T1=float T2=float",
        Attributes = "epsilon:float=1e-05 momentum:float=0.9 spatial:int=1@-9 training_mode:int=0@14",
        Infer = Normalization.Batch,
    };
}
