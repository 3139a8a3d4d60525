using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Numbers from a start to a limit in steps, 1 where none is given.</summary>
internal static class Range
{
    public static OperatorSchema Schema { get; } = new("Range", 1)
    {
        Domain = "com.microsoft",
        Inputs = "start:T limit:T delta?:T",
        Outputs = "Y:T",
        Types = "T=index|f32|f64|i16",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        if (context.Has(2))
        {
            NumberRange.Run(context);
        }
        else
        {
            context.Set(0, Extents.OfRank(1));
        }
    }
}
