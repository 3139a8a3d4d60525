using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>x divided by its root mean square over the last axes, times a scale.</summary>
internal static class RMSNormalization
{
    public static OperatorSchema Schema { get; } = new("RMSNormalization", 23)
    {
        Inputs = "X:T scale:V",
        Outputs = "Y:V",
        Types = "T=float V=float",
        Attributes = "axis:int=-1 epsilon:float=1e-05 stash_type:int=1",
        Infer = Elementwise.AlongAxis,
    };
}
