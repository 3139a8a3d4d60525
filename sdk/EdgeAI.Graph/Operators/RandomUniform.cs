using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Evenly distributed numbers of a given shape.</summary>
internal static class RandomUniform
{
    public static OperatorSchema Schema { get; } = new("RandomUniform", 1, 22)
    {
        Outputs = "output:T",
        Types = "T=float",
        Attributes = "dtype:int=1 high:float=1.0 low:float=0.0 seed:float shape:ints!",
        Infer = Generation.FromAttributes,
        IsDeterministic = false,
    };
}
