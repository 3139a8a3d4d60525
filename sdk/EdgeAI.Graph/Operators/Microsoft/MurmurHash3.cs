using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>A hash of each element.</summary>
internal static class MurmurHash3
{
    public static OperatorSchema Schema { get; } = new("MurmurHash3", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T1",
        Outputs = "Y:T2",
        Types = "T1=index|u32|u64|f32|f64|string T2=u32|i32",
        Attributes = "positive:int=1 seed:int",
        Infer = context => context.Set(0, context.Int("positive") != 0 ? DataType.UInt32 : DataType.Int32, context.ShapeOf(0)),
    };
}
