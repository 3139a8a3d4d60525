using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Quantization.Correction;

/// <summary>
/// Evens out channels between two convolutions with only positively homogeneous operators between them (f(s·x) = s·f(x) for
/// s &gt; 0): a channel that the first makes s times smaller and the second reads s times larger is the same channel. The
/// factors bring the ranges of the first's rows and the second's columns together.
/// </summary>
internal static class LayerEqualization
{
    private const int MaximumRounds = 20;
    private const double SmallestChange = 0.01;

    /// <summary>Beyond this one of both channels is dead: evening it out would only bring overflow.</summary>
    private const double LargestFactor = 1 << 20;

    private static readonly HashSet<string> Between = ["Relu", "LeakyRelu", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool"];

    /// <summary>Equalizes all such pairs until the factors settle.</summary>
    /// <returns>Number of pairs.</returns>
    public static int Apply(ModelGraph graph)
    {
        var pairs = graph.Nodes.Where(HasWeight).Select(first => (First: first, Second: Next(graph, first))).Where(pair => pair.Second is not null).ToList();
        for (var round = 0; round < MaximumRounds; round++)
        {
            var largest = pairs.Sum(pair => Equalize(pair.First, pair.Second!));
            if (largest < SmallestChange)
            {
                break;
            }
        }

        return pairs.Count;
    }

    /// <summary>The convolution that alone reads the first one's result, or null.</summary>
    private static Node? Next(ModelGraph graph, Node first)
    {
        var value = first.Outputs[0]!;
        while (value.Consumers is [var reader] && !graph.Outputs.Contains(value) && ReferenceEquals(reader.Graph, graph))
        {
            if (HasWeight(reader) && ReferenceEquals(reader.Inputs[0], value))
            {
                var layout = WeightLayout.Of(reader, reader.Inputs[1]!.Shape);
                return layout.Groups == 1 || layout.Middle == 1 ? reader : null;
            }

            if (!Between.Contains(reader.OpType) || reader.Domain.Length > 0)
            {
                return null;
            }

            value = reader.Outputs[0]!;
        }

        return null;
    }

    private static bool HasWeight(Node node) =>
        node.Is("Conv") && IsOwnConstant(node.Inputs[1]) && (node.Input(2) is not { } bias || IsOwnConstant(bias));

    private static bool IsOwnConstant(Value? value) => value is { Constant.Type: DataType.Float32, Consumers.Count: 1 };

    /// <summary>One round for a pair; returns how far the largest factor is from 1.</summary>
    private static double Equalize(Node first, Node second)
    {
        var (rows, columns) = (RowRanges(first), ColumnRanges(second));
        var factors = rows.Zip(columns, Factor).ToArray();
        var (layout, next) = (WeightLayout.Of(first, first.Inputs[1]!.Shape), WeightLayout.Of(second, second.Inputs[1]!.Shape));
        Scale(first.Inputs[1]!, element => 1 / factors[layout.ChannelsOf(element).Output]);
        Scale(second.Inputs[1]!, element => factors[next.ChannelsOf(element).Input]);
        if (first.Input(2) is { } bias)
        {
            Scale(bias, channel => 1 / factors[channel]);
        }

        return factors.Max(factor => Math.Abs(factor - 1.0));
    }

    private static double Factor(float row, float column) =>
        row > 0 && column > 0 && Math.Sqrt(row / (double)column) is var factor and >= 1 / LargestFactor and <= LargestFactor ? factor : 1;

    private static float[] RowRanges(Node node)
    {
        var layout = WeightLayout.Of(node, node.Inputs[1]!.Shape);
        return Largest(node.Inputs[1]!.Constant!, layout.Outputs, element => layout.ChannelsOf(element).Output);
    }

    private static float[] ColumnRanges(Node node)
    {
        var layout = WeightLayout.Of(node, node.Inputs[1]!.Shape);
        return Largest(node.Inputs[1]!.Constant!, layout.Inputs, element => layout.ChannelsOf(element).Input);
    }

    private static float[] Largest(ConstantTensor constant, int channels, Func<int, int> channelOf)
    {
        var largest = new float[channels];
        var elements = constant.AsSpan<float>();
        for (var i = 0; i < elements.Length; i++)
        {
            var channel = channelOf(i);
            largest[channel] = MathF.Max(largest[channel], MathF.Abs(elements[i]));
        }

        return largest;
    }

    private static void Scale(Value value, Func<int, double> factorOf)
    {
        var elements = value.Constant!.AsSpan<float>().ToArray();
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = (float)Math.Clamp(elements[i] * factorOf(i), float.MinValue, float.MaxValue);
        }

        value.Constant = ConstantTensor.Of(value.Shape, elements);
    }
}
