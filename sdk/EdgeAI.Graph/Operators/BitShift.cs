using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Bits moved to the left or right.</summary>
internal static class BitShift
{
    public static OperatorSchema Schema { get; } = new("BitShift", 11)
    {
        Inputs = "X:T Y:T",
        Outputs = "Z:T",
        Types = "T=unsigned",
        Attributes = "direction:text!",
        Infer = Elementwise.Broadcast,
    };
}
