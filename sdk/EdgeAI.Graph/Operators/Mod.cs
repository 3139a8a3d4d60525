using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The remainder of a / b, with the sign of b, or of a where fmod is set.</summary>
internal static class Mod
{
    public static OperatorSchema Schema { get; } = new("Mod", 10, 13)
    {
        Inputs = "A:T B:T",
        Outputs = "C:T",
        Types = "T=numeric",
        Attributes = "fmod:int=0",
        Infer = Elementwise.Broadcast,
    };
}
