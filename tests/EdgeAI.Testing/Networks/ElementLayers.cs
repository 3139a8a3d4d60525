using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Testing.Networks;

/// <summary>Activation functions, as exporters write them.</summary>
public enum Activation
{
    /// <summary>None.</summary>
    None,
    /// <summary>Relu.</summary>
    Relu,
    /// <summary>Clip from 0 to 6.</summary>
    Relu6,
    /// <summary>x · Sigmoid(x), two nodes.</summary>
    Swish,
    /// <summary>HardSwish.</summary>
    HardSwish,
    /// <summary>LeakyRelu of slope 0.1.</summary>
    LeakyRelu,
    /// <summary>x · (1 + Erf(x / √2)) / 2, five nodes.</summary>
    Gelu,
    /// <summary>Sigmoid.</summary>
    Sigmoid,
    /// <summary>HardSigmoid of slope 1/6.</summary>
    HardSigmoid,
    /// <summary>Tanh.</summary>
    Tanh,
}

/// <summary>Operators that compute or move single elements.</summary>
public static class ElementLayers
{
    /// <summary>The extents of a value, as numbers.</summary>
    public static long[] Extents(this Value value) => value.Shape.ToArray();

    /// <summary>Number of channels: the second extent.</summary>
    public static long Channels(this Value value) => value.Shape[1].Value;

    /// <summary>An activation function.</summary>
    public static Value Activate(this GraphBuilder graph, Value x, Activation activation) => activation switch
    {
        Activation.None => x,
        Activation.Relu6 => graph.Node("Clip", [x, graph.Scalar(0), graph.Scalar(6)], x.Extents()),
        Activation.Swish => graph.Multiply(x, graph.Activate(x, Activation.Sigmoid)),
        Activation.LeakyRelu => graph.Node("LeakyRelu", [x], x.Extents(), new() { ["alpha"] = 0.1f }),
        Activation.HardSigmoid => graph.Node("HardSigmoid", [x], x.Extents(), new() { ["alpha"] = 1f / 6, ["beta"] = 0.5f }),
        Activation.Gelu => graph.Gelu(x),
        _ => graph.Node(activation.ToString(), [x], x.Extents()),
    };

    /// <summary>The sum, broadcast to the larger operand's shape.</summary>
    public static Value Add(this GraphBuilder graph, Value a, Value b) => graph.Binary("Add", a, b);

    /// <summary>The product, broadcast to the larger operand's shape.</summary>
    public static Value Multiply(this GraphBuilder graph, Value a, Value b) => graph.Binary("Mul", a, b);

    /// <summary>An operator of two operands, of which one has the result's shape.</summary>
    public static Value Binary(this GraphBuilder graph, string op, Value a, Value b) =>
        graph.Node(op, [a, b], (a.Shape.Rank > b.Shape.Rank || (a.Shape.Rank == b.Shape.Rank && a.Shape.ElementCount >= b.Shape.ElementCount) ? a : b).Extents());

    /// <summary>Values one behind the other along an axis.</summary>
    public static Value Concat(this GraphBuilder graph, IReadOnlyList<Value> parts, int axis = 1)
    {
        var extents = parts[0].Extents();
        extents[axis] = parts.Sum(part => part.Shape[axis].Value);
        return parts.Count == 1 ? parts[0] : graph.Node("Concat", [.. parts], extents, new() { ["axis"] = axis });
    }

    /// <summary>The same elements under another shape.</summary>
    public static Value Reshape(this GraphBuilder graph, Value x, params long[] extents) =>
        graph.Node("Reshape", [x, graph.Integers(extents)], extents);

    /// <summary>Axes in another order.</summary>
    public static Value Transpose(this GraphBuilder graph, Value x, params long[] order)
    {
        var extents = x.Extents();
        return graph.Node("Transpose", [x], [.. order.Select(axis => extents[axis])], new() { ["perm"] = order });
    }

    /// <summary>[n, c, …] to [n, c · …].</summary>
    public static Value Flatten(this GraphBuilder graph, Value x) =>
        graph.Node("Flatten", [x], [x.Shape[0].Value, x.Shape.ElementCount / x.Shape[0].Value]);

    /// <summary>Softmax along the last axis.</summary>
    public static Value Softmax(this GraphBuilder graph, Value x) => graph.Node("Softmax", [x], x.Extents(), new() { ["axis"] = -1 });

    /// <summary>The row of one index along an axis, whose extent goes.</summary>
    public static Value Pick(this GraphBuilder graph, Value x, int axis, long index)
    {
        var extents = x.Extents().ToList();
        extents.RemoveAt(axis);
        return graph.Node("Gather", [x, graph.Constant("index", [], index)], [.. extents], new() { ["axis"] = axis });
    }

    /// <summary>Rows of a table that the model holds, one for each identifier.</summary>
    public static Value Embed(this GraphBuilder graph, Value ids, long count, long width)
    {
        var table = graph.Weights("embedding", graph.Draw(count * width, -1, 1), count, width);
        return graph.Node("Gather", [table, ids], [.. ids.Extents(), width], type: DataType.Float32);
    }

    private static Value Gelu(this GraphBuilder graph, Value x)
    {
        var erf = graph.Node("Erf", [graph.Binary("Div", x, graph.Scalar(MathF.Sqrt(2)))], x.Extents());
        return graph.Multiply(graph.Multiply(x, graph.Add(erf, graph.Scalar(1))), graph.Scalar(0.5f));
    }
}
