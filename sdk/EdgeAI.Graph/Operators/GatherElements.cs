using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Elements along an axis, picked by an index each.</summary>
internal static class GatherElements
{
    public static OperatorSchema Schema { get; } = new("GatherElements", 11, 13)
    {
        Inputs = "data:T indices:Tind",
        Outputs = "output:T",
        Types = "T=any Tind=index",
        Attributes = "axis:int=0",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        Elementwise.AlongAxis(context);
        context.Set(0, context.ShapeOf(1));
    }
}
