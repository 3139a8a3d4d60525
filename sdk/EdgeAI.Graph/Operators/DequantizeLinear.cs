using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Integers to reals: (x − zero point)·scale.</summary>
internal static class DequantizeLinear
{
    public static OperatorSchema Schema { get; } = new("DequantizeLinear", 10, 13, 19, 21, 23, 24, 25)
    {
        Inputs = "x:T1 x_scale:T2 x_zero_point?:T1",
        Outputs = "y:T3",
        Types = "T1=quantized T2=float|float8 T3=float",
        Attributes = "axis:int=1@13 block_size:int=0@21 output_dtype:int=0@23",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var wish = Generation.TypeOf(context, "output_dtype");
        context.Set(0, wish != DataType.Undefined ? wish : context.ElementOf(1), context.ShapeOf(0));
    }
}
