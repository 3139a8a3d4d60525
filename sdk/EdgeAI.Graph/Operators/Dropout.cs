using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>The operand itself, unless the model is trained.</summary>
internal static class Dropout
{
    public static OperatorSchema Schema { get; } = new("Dropout", 1, 6, 7, 10, 12, 13, 22)
    {
        Inputs = "data:T ratio?:T1@12 training_mode?:T2@12",
        Outputs = "output:T mask?:any",
        Types = "T=float|float8 T1=float|float8 T2=bool",
        Attributes = "ratio:float=0.5@-12 seed:int@12",
        Infer = Run,
        Needs = (_, _) => [new(2) { IsSingle = true }],
    };

    private static void Run(InferenceContext context)
    {
        context.Set(0, context.ShapeOf(0));
        context.Set(1, context.Version >= 10 ? DataType.Boolean : context.ElementOf(0), context.ShapeOf(0));
    }
}
