using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;

namespace EdgeAI.Testing.Networks;

/// <summary>The figures that papers give for a network.</summary>
/// <param name="Nodes">Nodes of the graph.</param>
/// <param name="Parameters">Numbers that training would change: all floats, without scalars, means and variances of BatchNormalization.</param>
/// <param name="MultiplyAccumulates">Products of convolutions, matrix products and recurrent layers, for the inputs as declared.</param>
/// <param name="Operators">Nodes of each operator.</param>
public sealed record NetworkStatistics(int Nodes, long Parameters, long MultiplyAccumulates, IReadOnlyDictionary<string, int> Operators)
{
    /// <summary>Counts in a model's bytes.</summary>
    public static NetworkStatistics Of(byte[] bytes)
    {
        var model = OnnxReader.Read(bytes);
        ShapeInference.Infer(model);
        var nodes = model.Graph.Nodes;
        return new(
            nodes.Count, model.Graph.Constants.Where(IsParameter).Sum(value => value.Shape.ElementCount), nodes.Sum(MultiplyAccumulatesOf),
            nodes.CountBy(node => node.OpType).ToDictionary());
    }

    private static bool IsParameter(Value value) =>
        value is { Element: DataType.Float32, Shape.Rank: > 0 }
        && !value.Consumers.All(node => node.Is("Resize") || (node.Is("BatchNormalization") && (node.Input(3) == value || node.Input(4) == value)));

    private static long MultiplyAccumulatesOf(Node node) => node.OpType switch
    {
        "Conv" => Results(node) * Count(node.Input(1)) / node.Input(1)!.Shape[0].Value,
        "ConvTranspose" => Count(node.Input(0)) * Count(node.Input(1)) / node.Input(1)!.Shape[0].Value,
        "Gemm" or "MatMul" => Results(node) * node.Input(0)!.Extents()[^1],
        "LSTM" or "GRU" => node.Input(0)!.Shape[0].Value * node.Input(0)!.Shape[1].Value * (Count(node.Input(1)) + Count(node.Input(2))),
        _ => 0,
    };

    private static long Results(Node node) => Count(node.Output(0));

    private static long Count(Value? value) => value!.Shape.ElementCount;
}
