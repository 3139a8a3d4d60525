using System.Buffers.Binary;
using EdgeAI.Hal;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>Hand-made models of what real ones seldom hold: every kind of attribute, type and tensor, bodies in bodies, functions, external data.</summary>
public static class OddModels
{
    /// <summary>Names and bytes.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> All() =>
    [
        ("odd/branches", Model(Branches())),
        ("odd/loops", Model(Loops(3))),
        ("odd/scan", Model(Scan())),
        ("odd/attributes", Model(AllAttributes())),
        ("odd/types", Model(AllTypes())),
        ("odd/tensors", Model(AllTensors())),
        ("odd/shapes", Model(ShapeChain())),
        ("odd/functions", Model(Calls(), Function("Twice", "Inner"), Function("Inner", "Relu"))),
        ("odd/old", new WireMessage(MessageKind.Model).Add(1, 1).Add(7, Old()).ToBytes().ToArray()),
        ("odd/sequences", Model(Sequences())),
        ("odd/quantized", Model(Quantized())),
    ];

    /// <summary>A model around a graph.</summary>
    public static byte[] Model(WireMessage graph, params IEnumerable<WireMessage> functions) => Model(graph, 18, functions);

    /// <summary>A model around a graph of an older version of the operators.</summary>
    public static byte[] Model(WireMessage graph, int version, params IEnumerable<WireMessage> functions)
    {
        var model = new WireMessage(MessageKind.Model).Add(1, 8).Add(2, "tests").Add(7, graph)
            .Add(8, new WireMessage(MessageKind.OperatorSet).Add(1, "").Add(2, version))
            .Add(8, new WireMessage(MessageKind.OperatorSet).Add(1, "f").Add(2, 1))
            .Add(14, new WireMessage(MessageKind.Entry).Add(1, "key").Add(2, "value"));
        foreach (var function in functions)
        {
            model.Add(25, function);
        }

        return model.ToBytes().ToArray();
    }

    /// <summary>A graph of these nodes from x (float [2,3]) to the value of that name.</summary>
    public static WireMessage Graph(string output, params IEnumerable<WireMessage> nodes)
    {
        var graph = new WireMessage(MessageKind.Graph).Add(2, "g").Add(11, Value("x", DataType.Float32, 2, 3)).Add(12, new WireMessage(MessageKind.ValueInfo).Add(1, output));
        foreach (var node in nodes)
        {
            graph.Add(1, node);
        }

        return graph;
    }

    /// <summary>A node; names are separated by blanks, "_" is left out.</summary>
    public static WireMessage Node(string operation, string inputs, string outputs, params IEnumerable<WireMessage> attributes)
    {
        var node = new WireMessage(MessageKind.Node);
        foreach (var input in inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            node.Add(1, input == "_" ? "" : input);
        }

        foreach (var output in outputs.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            node.Add(2, output);
        }

        node.Add(4, operation);
        foreach (var attribute in attributes)
        {
            node.Add(5, attribute);
        }

        return node;
    }

    /// <summary>A tensor's name and type.</summary>
    public static WireMessage Value(string name, DataType type, params ReadOnlySpan<long> extents) =>
        new WireMessage(MessageKind.ValueInfo).Add(1, name).Add(2, TensorType(type, extents));

    /// <summary>An attribute that holds a message or an integer.</summary>
    public static WireMessage Attribute(string name, int field, int kind, WireMessage value) =>
        new WireMessage(MessageKind.Attribute).Add(1, name).Add(field, value).Add(20, kind);

    /// <summary>An integer attribute.</summary>
    public static WireMessage Attribute(string name, long value) => new WireMessage(MessageKind.Attribute).Add(1, name).Add(3, value).Add(20, 2);

    /// <summary>A subgraph attribute.</summary>
    public static WireMessage Body(string name, WireMessage graph) => Attribute(name, 6, 5, graph);

    /// <summary>A vector of 64-bit integers.</summary>
    public static WireMessage Integers(string name, params ReadOnlySpan<long> values)
    {
        var bytes = new byte[values.Length * 8];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * 8), values[i]);
        }

        return Tensor(name, DataType.Int64, [values.Length]).Add(9, bytes);
    }

    /// <summary>A tensor without its elements.</summary>
    public static WireMessage Tensor(string name, DataType type, params ReadOnlySpan<long> extents)
    {
        var tensor = new WireMessage(MessageKind.Tensor);
        foreach (var extent in extents)
        {
            tensor.Add(1, extent);
        }

        return tensor.Add(2, (long)type).Add(8, name);
    }

    private static WireMessage TensorType(DataType type, params ReadOnlySpan<long> extents)
    {
        var shape = new WireMessage(MessageKind.Shape);
        foreach (var extent in extents)
        {
            shape.Add(1, extent < 0 ? new WireMessage(MessageKind.Dimension).Add(2, $"n{-extent}") : new WireMessage(MessageKind.Dimension).Add(1, extent));
        }

        return new WireMessage(MessageKind.Type).Add(1, new WireMessage(MessageKind.TensorType).Add(1, (long)type).Add(2, shape));
    }

    private static WireMessage Branches() => Graph(
        "y", Node("ReduceSum", "x", "s", Attribute("keepdims", 0)), Node("Cast", "s", "c", Attribute("to", (long)DataType.Boolean)),
        Node("If", "c", "y", Body("then_branch", Branch("a", "Relu")), Body("else_branch", Branch("b", "Neg"))));

    private static WireMessage Branch(string name, string operation) =>
        new WireMessage(MessageKind.Graph).Add(2, name).Add(1, Node(operation, "x", name)).Add(12, new WireMessage(MessageKind.ValueInfo).Add(1, name));

    /// <summary>Loops in loops, each body adding a row to what it carries.</summary>
    public static WireMessage Loops(int depth) => Graph("y0", Loop(depth, 0)).Add(5, Integers("trip", 2)).Add(5, Tensor("go", DataType.Boolean).Add(9, [1]));

    private static WireMessage Loop(int depth, int level)
    {
        var body = new WireMessage(MessageKind.Graph).Add(2, $"body{level}")
            .Add(11, Value($"i{level}", DataType.Int64)).Add(11, Value($"c{level}", DataType.Boolean)).Add(11, new WireMessage(MessageKind.ValueInfo).Add(1, $"s{level}"));
        body = level + 1 < depth ? body.Add(1, Loop(depth, level + 1)).Add(1, Node("Concat", $"s{level} y{level + 1}", $"o{level}", Attribute("axis", 0)))
            : body.Add(1, Node("Concat", $"s{level} x", $"o{level}", Attribute("axis", 0)));
        body.Add(1, Node("Identity", $"c{level}", $"d{level}"))
            .Add(12, new WireMessage(MessageKind.ValueInfo).Add(1, $"d{level}")).Add(12, new WireMessage(MessageKind.ValueInfo).Add(1, $"o{level}"));
        return Node("Loop", $"trip go {(level == 0 ? "x" : $"s{level - 1}")}", $"y{level}", Body("body", body));
    }

    private static WireMessage Scan() => Graph(
        "y", Node("Scan", "x x", "y z", Attribute("num_scan_inputs", 1), Body("body", new WireMessage(MessageKind.Graph).Add(2, "row")
            .Add(11, new WireMessage(MessageKind.ValueInfo).Add(1, "state")).Add(11, new WireMessage(MessageKind.ValueInfo).Add(1, "row"))
            .Add(1, Node("Add", "state row", "next")).Add(1, Node("Identity", "row", "out"))
            .Add(12, new WireMessage(MessageKind.ValueInfo).Add(1, "next")).Add(12, new WireMessage(MessageKind.ValueInfo).Add(1, "out")))));

    private static WireMessage AllAttributes()
    {
        var node = Node("Anything", "x", "y").Add(7, "f");
        var graph = new WireMessage(MessageKind.Graph).Add(2, "inner").Add(1, Node("Identity", "x", "same")).Add(12, new WireMessage(MessageKind.ValueInfo).Add(1, "same"));
        var sparse = new WireMessage(MessageKind.SparseTensor).Add(1, Tensor("v", DataType.Float32, 1).Add(9, new byte[4])).Add(2, Integers("i", 2)).Add(3, 9);
        node.Add(5, new WireMessage(MessageKind.Attribute).Add(1, "s").Add(4, "text").Add(20, 3))
            .Add(5, new WireMessage(MessageKind.Attribute).Add(1, "is").Add(8, new byte[] { 1, 0x80, 1 }).Add(20, 7))
            .Add(5, new WireMessage(MessageKind.Attribute).Add(1, "fs").Add(7, new byte[8]).Add(20, 6))
            .Add(5, new WireMessage(MessageKind.Attribute).Add(1, "ss").Add(9, "a").Add(9, "b").Add(20, 8))
            .Add(5, Attribute("t", 5, 4, Integers("", 1, 2))).Add(5, Attribute("ts", 10, 9, Integers("", 3)))
            .Add(5, Attribute("g", 6, 5, graph)).Add(5, Attribute("gs", 11, 10, graph)).Add(5, Attribute("tp", 14, 13, TensorType(DataType.Int4, 3)))
            .Add(5, Attribute("sp", 22, 11, sparse)).Add(5, Attribute("n", -1))
            .Add(5, new WireMessage(MessageKind.Attribute).Add(1, "untyped").Add(3, 7)).Add(9, new WireMessage(MessageKind.Entry).Add(1, "k").Add(2, "v"));
        return Graph("y", node);
    }

    private static WireMessage AllTypes()
    {
        var tensor = TensorType(DataType.Float16, -1, 4);
        var sequence = new WireMessage(MessageKind.Type).Add(4, new WireMessage(MessageKind.ElementType).Add(1, tensor));
        var optional = new WireMessage(MessageKind.Type).Add(9, new WireMessage(MessageKind.ElementType).Add(1, sequence));
        var map = new WireMessage(MessageKind.Type).Add(5, new WireMessage(MessageKind.MapType).Add(1, 7).Add(2, tensor));
        var opaque = new WireMessage(MessageKind.Type).Add(7, new WireMessage(MessageKind.OpaqueType).Add(1, "d").Add(2, "n"));
        var graph = Graph("y", Node("Relu", "x", "y"));
        foreach (var (name, type) in new[] { ("a", sequence), ("b", optional), ("c", map), ("d", opaque) })
        {
            graph.Add(11, new WireMessage(MessageKind.ValueInfo).Add(1, name).Add(2, type));
        }

        return graph.Add(13, Value("y", DataType.Float32, 2, 3)).Add(14, new WireMessage(MessageKind.Annotation).Add(1, "y").Add(2, new WireMessage(MessageKind.Entry).Add(1, "SCALE_TENSOR").Add(2, "x")));
    }

    private static WireMessage AllTensors()
    {
        var sparse = new WireMessage(MessageKind.SparseTensor).Add(1, Tensor("sparse", DataType.Float32, 1).Add(9, new byte[4])).Add(2, Integers("", 2)).Add(3, 9);
        return Graph("y", Node("Relu", "x", "y"))
            .Add(5, Tensor("f", DataType.Float32, 2).Add(4, new byte[8])).Add(5, Tensor("d", DataType.Float64, 1).Add(10, new byte[8]))
            .Add(5, Tensor("h", DataType.Float16, 3).Add(5, new byte[] { 1, 2, 3 })).Add(5, Tensor("i", DataType.Int64, 2).Add(7, 1).Add(7, -1))
            .Add(5, Tensor("u", DataType.UInt64, 1).Add(11, -1)).Add(5, Tensor("s", DataType.String, 2).Add(6, "a").Add(6, "é"))
            .Add(5, Tensor("n", DataType.Int4, 3).Add(9, new byte[2])).Add(5, Tensor("b", DataType.Boolean, 2, 0)).Add(5, Tensor("c", DataType.Complex64, 1).Add(4, new byte[8]))
            .Add(15, sparse);
    }

    private static WireMessage ShapeChain() => Graph(
        "y", Node("Shape", "x", "s"), Node("Gather", "s zero", "n", Attribute("axis", 0)), Node("Mul", "n one", "m"), Node("Concat", "m rest", "t", Attribute("axis", 0)),
        Node("Reshape", "x t", "r"), Node("Unsqueeze", "r zero", "u"), Node("Expand", "u big", "e"), Node("Slice", "e zero two zero", "sl"), Node("Pad", "sl pads", "p"),
        Node("Tile", "p reps", "ti"), Node("Squeeze", "ti", "y"), Node("ConstantOfShape", "big", "k"), Node("Range", "a b c", "ra"))
        .Add(5, Integers("zero", 0)).Add(5, Integers("one", 1)).Add(5, Integers("two", 2)).Add(5, Integers("rest", -1)).Add(5, Integers("big", 2, 1, 1)).Add(5, Integers("pads", 0, 0, 0, 1, 0, 0)).Add(5, Integers("reps", 1, 2, 1))
        .Add(5, Tensor("a", DataType.Int64).Add(7, 0)).Add(5, Tensor("b", DataType.Int64).Add(7, 9)).Add(5, Tensor("c", DataType.Int64).Add(7, 2));

    private static WireMessage Calls() => Graph("y", Node("Twice", "x", "m").Add(7, "f"), Node("Twice", "m", "y").Add(7, "f"));

    private static WireMessage Function(string name, string operation) => new WireMessage(MessageKind.Function).Add(1, name).Add(4, "a").Add(5, "b")
        .Add(7, Call(operation, "a", "t")).Add(7, Call(operation, "t", "b")).Add(9, new WireMessage(MessageKind.OperatorSet).Add(1, "").Add(2, 18)).Add(10, "f");

    private static WireMessage Call(string operation, string input, string output) =>
        operation == "Relu" ? Node(operation, input, output) : Node(operation, input, output).Add(7, "f");

    /// <summary>Two nodes out of order, an initializer that stands among the inputs, attributes without kinds, no operator sets.</summary>
    private static WireMessage Old() => Graph("y", Node("Relu", "m", "y"), Node("Add", "x w", "m", new WireMessage(MessageKind.Attribute).Add(1, "broadcast").Add(3, 1)))
        .Add(5, Tensor("w", DataType.Float32, 3).Add(4, new byte[12])).Add(11, Value("w", DataType.Float32, 3));

    private static WireMessage Sequences() => Graph(
        "y", Node("SequenceConstruct", "x x", "s"), Node("SequenceInsert", "s x", "t"), Node("SequenceLength", "t", "n"), Node("SequenceAt", "t zero", "a"),
        Node("Optional", "s", "o"), Node("OptionalGetElement", "o", "g"), Node("ConcatFromSequence", "g", "y", Attribute("axis", 0)), Node("SplitToSequence", "x", "p"))
        .Add(5, Tensor("zero", DataType.Int64).Add(7, 0));

    private static WireMessage Quantized() => Graph(
        "y", Node("QuantizeLinear", "x scale zp", "q"), Node("DequantizeLinear", "q scale zp", "d"), Node("Relu", "d", "r"), Node("QuantizeLinear", "r scale zp", "q2"),
        Node("DequantizeLinear", "q2 scale zp", "e"), Node("Add", "e d", "y"))
        .Add(5, Tensor("scale", DataType.Float32).Add(9, [0, 0, 0, 0x3E])).Add(5, Tensor("zp", DataType.UInt8).Add(9, [3]));
}
