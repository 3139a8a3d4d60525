using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Loss of scores.</summary>
internal static class SoftmaxCrossEntropyLoss
{
    public static OperatorSchema Schema { get; } = new("SoftmaxCrossEntropyLoss", 12, 13)
    {
        Inputs = "scores:T labels:Tind weights?:T",
        Outputs = "output:T log_prob?:T",
        Types = "T=float Tind=index",
        Attributes = "ignore_index:int reduction:text=mean",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        context.Set(0, context.Text("reduction") == "none" ? context.ShapeOf(1) : Shape.Scalar);
        context.Set(1, context.ShapeOf(0));
    }
}
