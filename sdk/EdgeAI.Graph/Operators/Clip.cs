using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>x kept between two bounds.</summary>
internal static class Clip
{
    public static OperatorSchema Schema { get; } = new("Clip", 1, 6, 11, 12, 13)
    {
        Inputs = "input:T min?:T@11 max?:T@11",
        Outputs = "output:T",
        Types = "T=numeric",
        Attributes = "max:float=3.402823e38@-11 min:float=-3.402823e38@-11",
        Infer = Elementwise.Unary,
    };
}
