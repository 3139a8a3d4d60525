using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The same bits under another type of equal width.</summary>
internal static class BitCast
{
    public static OperatorSchema Schema { get; } = new("BitCast", 26)
    {
        Inputs = "input:T1",
        Outputs = "output:T2",
        Types = "T1=any T2=any",
        Attributes = "to:int!",
        Infer = static context => context.Set(0, Generation.TypeOf(context, "to"), context.ShapeOf(0)),
    };
}
