using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Tells infinities.</summary>
internal static class IsInf
{
    public static OperatorSchema Schema { get; } = new("IsInf", 10, 20)
    {
        Inputs = "X:T1",
        Outputs = "Y:T2",
        Types = "T1=float|float8 T2=bool",
        Attributes = "detect_negative:int=1 detect_positive:int=1",
        Infer = Elementwise.Unary,
    };
}
