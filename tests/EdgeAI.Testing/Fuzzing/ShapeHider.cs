using System.Buffers.Binary;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>
/// Puts a Reshape before an operand whose result nobody knows before the run: the shape is what a Compress leaves of a list, by flags
/// that are fed. Operators then meet ranks, counts and extents of 0 that no inference could refuse.
/// </summary>
internal static class ShapeHider
{
    private const int GraphNode = 1, GraphInitializer = 5, GraphInput = 11;
    private const int NodeInput = 1, NodeOutput = 2, NodeOperator = 4;

    public static void Apply(Random random, WireMessage model)
    {
        if (model.Find(7)?.Message is not { } graph)
        {
            return;
        }

        var operands = graph.Fields.FindAll(field => field.Number == GraphNode && field.Message is not null)
            .SelectMany(node => node.Message!.Fields.Where(field => field.Number == NodeInput && field.Bytes.Length > 0).Select(input => (Node: node, Input: input))).ToList();
        if (operands.Count > 0)
        {
            var (node, input) = random.Pick(operands);
            Hide(random, graph, node, input);
        }
    }

    private static void Hide(Random random, WireMessage graph, WireField node, WireField input)
    {
        var id = $"hidden{random.Next(1_000_000)}";
        long[] extents = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => (long)random.Pick([1, 1, 1, 0, 2, 3])), random.OneIn(8) ? 1 : -1];
        var at = graph.Fields.IndexOf(node);
        foreach (var before in Nodes(id, isEmpty: random.OneIn(4), input.Bytes))
        {
            graph.Fields.Insert(at++, WireField.Of(GraphNode, before));
        }

        graph.Add(GraphInitializer, Numbers($"{id}.extents", extents)).Add(GraphInitializer, Numbers($"{id}.start", [0]))
            .Add(GraphInitializer, Limit($"{id}.limit", random.OneIn(3) ? 0.5f : 2)).Add(GraphInput, Flags($"{id}.flags", extents.Length));
        input.Bytes = Text($"{id}.out");
    }

    /// <summary>Random flags are below 1, so a limit of 2 takes all extents.</summary>
    private static IEnumerable<WireMessage> Nodes(string id, bool isEmpty, ReadOnlyMemory<byte> value)
    {
        yield return Node("Less", $"{id}.below", Text($"{id}.flags"), Text($"{id}.limit"));
        yield return Node("Compress", $"{id}.shape", Text($"{id}.extents"), Text($"{id}.below"));
        if (isEmpty)
        {
            yield return Node("Slice", $"{id}.part", value, Text($"{id}.start"), Text($"{id}.start"));
        }

        yield return Node("Reshape", $"{id}.out", isEmpty ? Text($"{id}.part") : value, Text($"{id}.shape"));
    }

    private static WireMessage Node(string operation, string output, params ReadOnlyMemory<byte>[] inputs)
    {
        var node = new WireMessage(MessageKind.Node);
        foreach (var input in inputs)
        {
            node.Add(NodeInput, input);
        }

        return node.Add(NodeOutput, output).Add(NodeOperator, operation);
    }

    private static WireMessage Numbers(string name, long[] numbers)
    {
        var bytes = new byte[8 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8 * i), numbers[i]);
        }

        return new WireMessage(MessageKind.Tensor).Add(1, numbers.Length).Add(2, 7).Add(8, name).Add(9, bytes);
    }

    private static WireMessage Limit(string name, float limit) => new WireMessage(MessageKind.Tensor).Add(2, 1).Add(8, name).Add(9, BitConverter.GetBytes(limit));

    private static WireMessage Flags(string name, int count)
    {
        var shape = new WireMessage(MessageKind.Shape).Add(1, new WireMessage(MessageKind.Dimension).Add(1, count));
        var tensor = new WireMessage(MessageKind.TensorType).Add(1, 1).Add(2, shape);
        return new WireMessage(MessageKind.ValueInfo).Add(1, name).Add(2, new WireMessage(MessageKind.Type).Add(1, tensor));
    }

    private static ReadOnlyMemory<byte> Text(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
