using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Loss of log probabilities.</summary>
internal static class NegativeLogLikelihoodLoss
{
    public static OperatorSchema Schema { get; } = new("NegativeLogLikelihoodLoss", 12, 13, 22)
    {
        Inputs = "input:T target:Tind weight?:T",
        Outputs = "loss:T",
        Types = "T=float Tind=index",
        Attributes = "ignore_index:int reduction:text=mean",
        Infer = Run,
    };

    private static void Run(InferenceContext context) =>
        context.Set(0, context.Text("reduction") == "none" ? context.ShapeOf(1) : Shape.Scalar);
}
