using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Testing.Networks;

/// <summary>Size of a transformer: width, heads, layers, width of the layer between.</summary>
public sealed record TransformerSize(int Width, int Heads, int Layers, int Inner)
{
    /// <summary>BERT's smallest published form.</summary>
    public static TransformerSize BertTiny { get; } = new(128, 2, 2, 512);

    /// <summary>The smallest published vision transformer.</summary>
    public static TransformerSize VitTiny { get; } = new(192, 3, 12, 768);
}

/// <summary>Encoder, decoder with a cache, and encoder of pictures.</summary>
internal static class Transformers
{
    private const int Positions = 512;

    /// <summary>A vector for each token, and one for the text.</summary>
    public static List<Value> BuildBert(GraphBuilder graph, int length, TransformerSize size, int vocabulary)
    {
        var ids = graph.Input("input_ids", [1, length], DataType.Int64);
        var mask = graph.Input("attention_mask", [1, length], DataType.Int64);
        var types = graph.Input("token_type_ids", [1, length], DataType.Int64);
        var words = graph.Add(graph.Embed(ids, vocabulary, size.Width), graph.Embed(types, 2, size.Width));
        var x = Normalize(graph, graph.Add(words, graph.Embed(Range(graph, length), Positions, size.Width)));
        var bias = Bias(graph, mask, length);
        for (var layer = 0; layer < size.Layers; layer++)
        {
            x = Normalize(graph, graph.Add(x, Attend(graph, x, size, bias).Result));
            x = Normalize(graph, graph.Add(x, Between(graph, x, size)));
        }

        return [x, graph.Dense(graph.Pick(x, 1, 0), size.Width, Activation.Tanh)];
    }

    /// <summary>The next token's scores; keys and values of <paramref name="past"/> tokens come in, those with the new one go out.</summary>
    public static List<Value> BuildDecoder(GraphBuilder graph, int past, TransformerSize size, int vocabulary)
    {
        var ids = graph.Input("input_ids", [1, 1], DataType.Int64);
        var positions = graph.Input("position_ids", [1, 1], DataType.Int64);
        var caches = new List<Value>();
        var x = graph.Add(graph.Embed(ids, vocabulary, size.Width), graph.Embed(positions, Positions, size.Width));
        for (var layer = 0; layer < size.Layers; layer++)
        {
            long[] extents = [1, size.Heads, past, size.Width / size.Heads];
            var (key, value) = (graph.Input($"past_key_{layer}", extents), graph.Input($"past_value_{layer}", extents));
            var attention = Attend(graph, Normalize(graph, x), size, null, (key, value));
            caches.AddRange([attention.Key, attention.Value]);
            x = graph.Add(x, attention.Result);
            x = graph.Add(x, Between(graph, Normalize(graph, x), size));
        }

        return [graph.Linear(Normalize(graph, x), vocabulary, bias: false), .. caches];
    }

    public static Value BuildVit(GraphBuilder graph, Value x, TransformerSize size, int patch, int classes)
    {
        x = graph.Conv(x, size.Width, new(patch, patch, Padding.Valid));
        var count = x.Shape[2].Value * x.Shape[3].Value;
        x = graph.Transpose(graph.Reshape(x, 1, size.Width, count), 0, 2, 1);
        x = graph.Concat([graph.Weights("class", graph.Draw(size.Width, -1, 1), 1, 1, size.Width), x]);
        x = graph.Add(x, graph.Weights("position", graph.Draw((count + 1) * size.Width, -1, 1), 1, count + 1, size.Width));
        for (var layer = 0; layer < size.Layers; layer++)
        {
            x = graph.Add(x, Attend(graph, Normalize(graph, x), size, null).Result);
            x = graph.Add(x, Between(graph, Normalize(graph, x), size));
        }

        return graph.Dense(graph.Pick(Normalize(graph, x), 1, 0), classes);
    }

    /// <summary>Attention of all heads, with keys and values of the past in front where there are some.</summary>
    private static (Value Result, Value Key, Value Value) Attend(
        GraphBuilder graph, Value x, TransformerSize size, Value? bias, (Value Key, Value Value)? past = null)
    {
        var length = x.Shape[1].Value;
        var width = size.Width / size.Heads;
        Value Heads(Value operand) => graph.Transpose(graph.Reshape(operand, 1, length, size.Heads, width), 0, 2, 1, 3);
        var query = Heads(graph.Linear(x, size.Width));
        var key = Heads(graph.Linear(x, size.Width));
        var value = Heads(graph.Linear(x, size.Width));
        if (past is { } cache)
        {
            (key, value) = (graph.Concat([cache.Key, key], axis: 2), graph.Concat([cache.Value, value], axis: 2));
        }

        var total = key.Shape[2].Value;
        var scores = graph.Node("MatMul", [query, graph.Transpose(key, 0, 1, 3, 2)], [1, size.Heads, length, total]);
        scores = graph.Binary("Div", scores, graph.Scalar(MathF.Sqrt(width)));
        var weights = graph.Softmax(bias is null ? scores : graph.Add(scores, bias));
        var context = graph.Node("MatMul", [weights, value], [1, size.Heads, length, width]);
        return (graph.Linear(graph.Reshape(graph.Transpose(context, 0, 2, 1, 3), 1, length, size.Width), size.Width, gain: 0.25), key, value);
    }

    private static Value Between(GraphBuilder graph, Value x, TransformerSize size) =>
        graph.Linear(graph.Linear(x, size.Inner, Activation.Gelu), size.Width, gain: 0.25);

    private static Value Normalize(GraphBuilder graph, Value x)
    {
        var width = x.Extents()[^1];
        var (scale, shift) = (graph.Weights("scale", graph.Draw(width, 0.8f, 1.2f), width), graph.Weights("shift", graph.Draw(width, -0.1f, 0.1f), width));
        return graph.Node("LayerNormalization", [x, scale, shift], x.Extents(), new() { ["axis"] = -1, ["epsilon"] = 1e-5f });
    }

    /// <summary>A large negative number for each token that the mask leaves out: [1, 1, 1, length].</summary>
    private static Value Bias(GraphBuilder graph, Value mask, int length)
    {
        var real = graph.Node("Cast", [mask], mask.Extents(), new() { ["to"] = (long)DataType.Float32 }, DataType.Float32);
        var wide = graph.Node("Unsqueeze", [real, graph.Integers(1, 2)], [1, 1, 1, length]);
        return graph.Multiply(graph.Node("Sub", [graph.Scalar(1), wide], wide.Extents()), graph.Scalar(-1e4f));
    }

    private static Value Range(GraphBuilder graph, int length) =>
        graph.Constant<long>("positions", [1, length], [.. Enumerable.Range(0, length).Select(i => (long)i)]);
}
