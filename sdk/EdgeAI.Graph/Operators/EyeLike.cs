using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Ones on a diagonal, in the shape of a tensor.</summary>
internal static class EyeLike
{
    public static OperatorSchema Schema { get; } = new("EyeLike", 9, 22)
    {
        Inputs = "input:T1",
        Outputs = "output:T2",
        Types = "T1=numeric|bool T2=numeric|bool",
        Attributes = "dtype:int k:int=0",
        Infer = Generation.Like,
    };
}
