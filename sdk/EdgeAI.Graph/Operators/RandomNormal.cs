using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Normally distributed numbers of a given shape.</summary>
internal static class RandomNormal
{
    public static OperatorSchema Schema { get; } = new("RandomNormal", 1, 22)
    {
        Outputs = "output:T",
        Types = "T=float",
        Attributes = "dtype:int=1 mean:float=0.0 scale:float=1.0 seed:float shape:ints!",
        Infer = Generation.FromAttributes,
        IsDeterministic = false,
    };
}
