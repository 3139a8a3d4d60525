using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization.Planning;

namespace EdgeAI.Quantization.Preparation;

/// <summary>
/// Multiplies Gemm's alpha into a constant right operand and beta into a constant bias, and makes that a vector: so its bias
/// has the scale input · weight, as integer kernels expect.
/// </summary>
internal static class GemmFactors
{
    public static void Fold(ModelGraph graph)
    {
        foreach (var node in graph.Nodes.Where(node => node.Is("Gemm")).ToList())
        {
            FoldInto(graph, node, "alpha", 1, constant => constant.Shape);
            FoldInto(graph, node, "beta", 2, constant => VectorShape(node, constant.Shape));
        }
    }

    private static void FoldInto(ModelGraph graph, Node node, string attribute, int index, Func<ConstantTensor, Shape?> shapeOf)
    {
        var factor = node.Attributes.Float(attribute, 1);
        if (node.Input(index) is not { Constant: { Type: DataType.Float32 } constant } value || shapeOf(constant) is not { } shape
            || (factor == 1 && shape == constant.Shape))
        {
            return;
        }

        var elements = new float[shape.ElementCount];
        var source = constant.AsSpan<float>();
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = source[source.Length == 1 ? 0 : i] * factor;
        }

        ModelGraph.SetInput(node, index, graph.AddConstant(graph.UniqueValueName(value.Name), ConstantTensor.Of(shape, elements)));
        node.Attributes = node.Attributes.Without(attribute);
        if (value.Consumers.Count == 0 && !graph.Outputs.Contains(value))
        {
            graph.RemoveValue(value);
        }
    }

    /// <summary>A bias that is equal for all rows as a vector; null where rows differ.</summary>
    private static Shape? VectorShape(Node node, Shape shape) =>
        BiasShape.Channels(node) is { } channels && shape.Rank <= 2 && (shape.ElementCount == 1 || (shape.ElementCount == channels && shape[shape.Rank - 1].Value == channels))
            ? new Shape(channels) : null;
}
