using EdgeAI.Graph;

namespace EdgeAI.Testing.Networks;

/// <summary>
/// Parallel branches as text, one text each, layers separated by blanks: "64" is a convolution of 64 channels, "96:3" one with a
/// 3 × 3 window, "192:1x7" one of a row and seven columns, "384:3/2v" one of stride 2 without padding; "max" and "avg" are
/// 3 × 3 pooling ("max/2v" of stride 2 without padding); "(a|b)" ends a branch in two.
/// </summary>
public static class Branches
{
    /// <summary>The results of all branches, one behind the other.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">What all branches read.</param>
    /// <param name="convolve">A convolution of that many channels, with what the network puts behind it.</param>
    /// <param name="branches">The texts.</param>
    public static Value Inception(this GraphBuilder graph, Value x, Func<Value, long, Window, Value> convolve, params IEnumerable<string> branches) =>
        graph.Concat([.. branches.SelectMany(branch => Branch(graph, x, convolve, branch))]);

    private static IEnumerable<Value> Branch(GraphBuilder graph, Value x, Func<Value, long, Window, Value> convolve, string branch)
    {
        foreach (var layer in branch.Split(' '))
        {
            if (layer[0] == '(')
            {
                return layer[1..^1].Split('|').Select(end => Layer(graph, x, convolve, end)).ToList();
            }

            x = Layer(graph, x, convolve, layer);
        }

        return [x];
    }

    private static Value Layer(GraphBuilder graph, Value x, Func<Value, long, Window, Value> convolve, string layer)
    {
        var padding = layer[^1] == 'v' ? Padding.Valid : Padding.Half;
        var parts = layer.TrimEnd('v').Split('/');
        var stride = parts.Length > 1 ? int.Parse(parts[1]) : 1;
        var words = parts[0].Split(':');
        int[] sides = [.. (words.Length > 1 ? words[1] : words[0] is "max" or "avg" ? "3" : "1").Split('x').Select(int.Parse)];
        var window = Window.Of(sides[0], sides[^1], stride, padding);
        return words[0] switch
        {
            "max" => graph.MaxPool(x, window),
            "avg" => graph.AveragePool(x, window),
            _ => convolve(x, long.Parse(words[0]), window),
        };
    }
}
