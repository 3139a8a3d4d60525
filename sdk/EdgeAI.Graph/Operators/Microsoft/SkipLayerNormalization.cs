using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>LayerNormalization of a sum.</summary>
internal static class SkipLayerNormalization
{
    public static OperatorSchema Schema { get; } = new("SkipLayerNormalization", 1)
    {
        Domain = "com.microsoft",
        Inputs = "input:T skip:T gamma:T beta?:T bias?:T",
        Outputs = "output:T mean?:f32 inv_std_var?:f32 input_skip_bias_sum?:T",
        Types = "T=float",
        Attributes = "epsilon:float",
        Infer = Run,
    };

    internal static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        context.Set(0, shape);
        if (shape.HasRank && shape.Rank > 0)
        {
            context.Set(1, shape.With(shape.Rank - 1, 1));
            context.Set(2, shape.With(shape.Rank - 1, 1));
        }

        context.Set(3, context.ElementOf(0), shape);
    }
}
