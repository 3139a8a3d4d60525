using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>The sum over axes of 8-bit integers.</summary>
internal static class ReduceSumInteger
{
    public static OperatorSchema Schema { get; } = new("ReduceSumInteger", 1)
    {
        Domain = "com.microsoft",
        Inputs = "data:T1",
        Outputs = "reduced:T2",
        Types = "T1=int8 T2=i32|u32",
        Attributes = "axes:ints! keepdims:int!",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        context.Set(0, context.ElementOf(0) == DataType.UInt8 ? DataType.UInt32 : DataType.Int32,
            shape.HasRank ? Reduction.Reduce(shape, context.Axes(context.Ints("axes"), shape.Rank), context.Int("keepdims") != 0) : Shape.Unknown);
    }
}
