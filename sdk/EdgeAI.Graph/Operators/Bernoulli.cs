using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>0 or 1, by probability.</summary>
internal static class Bernoulli
{
    public static OperatorSchema Schema { get; } = new("Bernoulli", 15, 22)
    {
        Inputs = "input:T1",
        Outputs = "output:T2",
        Types = "T1=float T2=numeric|bool",
        Attributes = "dtype:int seed:float",
        Infer = Generation.Like,
        IsDeterministic = false,
    };
}
