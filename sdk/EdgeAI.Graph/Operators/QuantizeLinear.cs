using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Reals to integers: round(x / scale) + zero point, clamped.</summary>
internal static class QuantizeLinear
{
    public static OperatorSchema Schema { get; } = new("QuantizeLinear", 10, 13, 19, 21, 23, 24, 25)
    {
        Inputs = "x:T1 y_scale:float|float8|i32 y_zero_point?:T3",
        Outputs = "y:T3",
        Types = "T1=float|i32 T3=quantized",
        Attributes = "axis:int=1@13 block_size:int=0@21 output_dtype:int=0@21 precision:int=0@23 saturate:int=1@19",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var wish = Generation.TypeOf(context, "output_dtype");
        var element = context.Has(2) ? context.ElementOf(2) : wish != DataType.Undefined ? wish : DataType.UInt8;
        context.Set(0, element, context.ShapeOf(0));
    }
}
