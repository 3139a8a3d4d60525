using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Normally distributed numbers in the shape of a tensor.</summary>
internal static class RandomNormalLike
{
    public static OperatorSchema Schema { get; } = new("RandomNormalLike", 1, 22)
    {
        Inputs = "input:T1",
        Outputs = "output:T2",
        Types = "T1=any T2=float",
        Attributes = "dtype:int mean:float=0.0 scale:float=1.0 seed:float",
        Infer = Generation.Like,
        IsDeterministic = false,
    };
}
