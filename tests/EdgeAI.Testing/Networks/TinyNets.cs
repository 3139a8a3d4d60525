using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Testing.Networks;

/// <summary>Small networks for microcontrollers: key words, anomalies, sequences.</summary>
internal static class TinyNets
{
    /// <summary>Key words from 49 × 10 cepstral coefficients, as MLPerf Tiny has it.</summary>
    public static Value BuildDsCnn(GraphBuilder graph, Value x, int channels, int classes)
    {
        x = graph.ConvNorm(x, channels, Window.Of(10, 4, 2, Padding.Same));
        for (var i = 0; i < 4; i++)
        {
            x = graph.Separable(x, channels, 3);
        }

        return graph.Classifier(x, classes, softmax: true);
    }

    /// <summary>Spectra squeezed through 8 numbers and restored, as MLPerf Tiny has it.</summary>
    public static Value BuildAutoencoder(GraphBuilder graph, Value x)
    {
        foreach (var units in new[] { 128, 128, 128, 128, 8, 128, 128, 128, 128 })
        {
            x = graph.DenseNorm(x, units);
        }

        return graph.Dense(x, 640);
    }

    /// <summary>A tag for each word: embedding, recurrent layers in both directions, a linear layer.</summary>
    public static Value BuildTagger(GraphBuilder graph, Value ids, string cell, int vocabulary, int width, int layers, int tags)
    {
        var x = graph.Transpose(graph.Embed(ids, vocabulary, width), 1, 0, 2);
        for (var layer = 0; layer < layers; layer++)
        {
            x = Recurrent(graph, x, cell, width);
        }

        return graph.Softmax(graph.Linear(graph.Transpose(x, 1, 0, 2), tags));
    }

    /// <summary>[time, batch, features] to [time, batch, 2 · width].</summary>
    private static Value Recurrent(GraphBuilder graph, Value x, string cell, int width)
    {
        const int directions = 2;
        var (time, batch, features) = (x.Shape[0].Value, x.Shape[1].Value, x.Shape[2].Value);
        var gates = cell == "LSTM" ? 4 : 3;
        var limit = 1 / MathF.Sqrt(width);
        Value Draw(string name, params long[] extents) => graph.Weights(name, graph.Draw(new Shape(extents).ElementCount, -limit, limit), extents);
        var weights = Draw("weight", directions, gates * width, features);
        var recurrence = Draw("recurrence", directions, gates * width, width);
        var bias = Draw("bias", directions, 2 * gates * width);
        var attributes = new Attributes { ["hidden_size"] = width, ["direction"] = "bidirectional" };
        if (cell == "GRU")
        {
            attributes["linear_before_reset"] = 1;
        }

        var y = graph.Node(cell, [x, weights, recurrence, bias], [time, directions, batch, width], attributes);
        return graph.Reshape(graph.Transpose(y, 0, 2, 1, 3), time, batch, directions * width);
    }
}
