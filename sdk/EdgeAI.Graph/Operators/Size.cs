using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>The number of elements.</summary>
internal static class Size
{
    public static OperatorSchema Schema { get; } = new("Size", 1, 13, 19, 21, 23, 24, 25)
    {
        Inputs = "data:T",
        Outputs = "size:T1",
        Types = "T=any T1=i64",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        context.Set(0, Shape.Scalar);
        if (context.ShapeOf(0) is { HasRank: true } shape)
        {
            context.SetIntegers(0, IntegerTensor.Scalar(SymbolicInteger.Of(Extents.Product(shape))));
        }
    }
}
