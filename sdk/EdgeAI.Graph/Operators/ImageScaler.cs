using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Pixels times a factor plus a bias per channel (an experiment of 2017).</summary>
internal static class ImageScaler
{
    public static OperatorSchema Schema { get; } = new("ImageScaler", 1)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=float",
        Attributes = "bias:floats scale:float=1.0",
        Infer = Elementwise.Unary,
    };
}
