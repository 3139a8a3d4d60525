using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Matrix product of 16-bit integers.</summary>
internal static class MatMulInteger16
{
    public static OperatorSchema Schema { get; } = new("MatMulInteger16", 1)
    {
        Domain = "com.microsoft",
        Inputs = "A:T1 B:T2",
        Outputs = "Y:T3",
        Types = "T1=i16|u16 T2=i16|u16 T3=i32|u32",
        Infer = context => context.Set(0, context.ElementOf(0) == DataType.UInt16 ? DataType.UInt32 : DataType.Int32, Products.MatMulShape(context, context.ShapeOf(0), context.ShapeOf(1))),
    };
}
