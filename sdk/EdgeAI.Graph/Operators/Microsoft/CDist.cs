using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Distances between the rows of two matrices.</summary>
internal static class CDist
{
    public static OperatorSchema Schema { get; } = new("CDist", 1)
    {
        Domain = "com.microsoft",
        Inputs = "A:T B:T",
        Outputs = "C:T",
        Types = "T=f32|f64",
        Attributes = "metric:text=sqeuclidean",
        Infer = context => context.Set(0, new Shape([Extents.At(context.ShapeOf(0), 0), Extents.At(context.ShapeOf(1), 0)])),
    };
}
