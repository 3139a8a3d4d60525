using System.Buffers.Binary;
using System.Text;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>Changes a model as ONNX: names, extents, types, operators, attributes, weights, subgraphs, functions.</summary>
/// <param name="operators">Names of operators to put in the places of others.</param>
internal sealed class MeaningMutator(IReadOnlyList<string> operators)
{
    private const int NodeInput = 1, NodeOutput = 2, NodeOperator = 4, NodeAttribute = 5, NodeDomain = 7;
    private const int GraphNode = 1, GraphName = 2, GraphInitializer = 5, GraphInput = 11, GraphOutput = 12;
    private const int AttributeName = 1, AttributeInt = 3, AttributeGraph = 6, AttributeInts = 8, AttributeKind = 20;
    private const int TensorType = 2, TensorData = 9, TensorName = 8, TensorExternal = 13, TensorLocation = 14;

    private static readonly string[] Locations =
    [
        "../../../../etc/passwd", "/dev/zero", "/etc/passwd", "a/../../b", "", ".", "..", "weights\0.bin", "C:\\x", "\\\\host\\share", "model.onnx", "fifo", "link", new('x', 5000), "x/",
    ];

    /// <summary>Changes the tree; the name of the change.</summary>
    public string Apply(Random random, WireMessage model)
    {
        (string Name, Action<Random, WireMessage> Change)[] changes =
        [
            ("rename a value to another's name", Collide), ("rename a value", Dangle), ("change an extent", ChangeExtent), ("change versions", ChangeVersions),
            ("change an attribute's kind", ChangeKind), ("change an attribute's value", ChangeAttribute), ("give an attribute a list", GiveList),
            ("change an operator", ChangeOperator), ("cut or add operands", ChangeOperands), ("make a cycle", Cycle), ("point to an external file", PointOutside),
            ("add a function that calls itself", AddFunction), ("capture in a subgraph", Capture), ("change an element type", ChangeElement),
            ("change elements", ChangeElements), ("cut or lengthen elements", ResizeElements), ("wrap the graph in loops", WrapGraph), ("give an input elements", FeedConstant),
            ("add a large folded node", AddGenerator), ("let the run decide a shape", ShapeHider.Apply),
        ];
        var (name, change) = random.Pick(changes);
        change(random, model);
        return name;
    }

    private static void Collide(Random random, WireMessage model)
    {
        var names = Names(model);
        var targets = random.OneIn(4) ? names : [.. Of(model, MessageKind.Node).SelectMany(node => node.Fields.Where(field => field.Number == NodeInput))];
        With(random, targets, field => field.Bytes = random.Pick(names).Bytes);
    }

    private static void Dangle(Random random, WireMessage model) =>
        With(random, Names(model), field => field.Bytes = Encoding.UTF8.GetBytes(random.Pick(["ghost", "", "\uFEFF", "x\0y", "_1", new string('n', 3000)])));

    private static void ChangeExtent(Random random, WireMessage model)
    {
        var fields = model.All().SelectMany(message => message.Fields.Where(field => OnnxWire.HoldsExtents(message.Kind, field.Number))).ToList();
        With(random, fields, field =>
        {
            field.Value = random.OneIn(4) ? 0 : (ulong)random.Number();
            if (field.WireType == 2)
            {
                field.Bytes = Packed(random, random.Next(6));
            }
        });
    }

    private static void ChangeVersions(Random random, WireMessage model)
    {
        var versions = model.Fields.Where(field => field.Number == 1).Concat(Of(model, MessageKind.OperatorSet).SelectMany(set => set.Fields.Where(field => field.Number == 2))).ToList();
        With(random, versions, field => field.Value = (ulong)(random.OneIn(3) ? random.Extreme() : random.Next(1, 27)));
    }

    private static void ChangeKind(Random random, WireMessage model) =>
        With(random, Of(model, MessageKind.Attribute), attribute => Put(attribute, AttributeKind, random.Next(16)));

    private static void ChangeAttribute(Random random, WireMessage model) => With(random, Of(model, MessageKind.Attribute), attribute =>
    {
        With(random, attribute.Fields.FindAll(field => field.Number is not (AttributeName or AttributeKind) && field.Message is null), field =>
        {
            field.Value = field.WireType == 5 ? BitConverter.SingleToUInt32Bits(random.Pick([float.NaN, float.PositiveInfinity, -1f, 0f, float.MaxValue, 1e-30f])) : (ulong)random.Number();
            if (field.WireType == 2)
            {
                field.Bytes = attribute.Find(AttributeKind)?.Value == 7 ? Packed(random, random.Next(8)) : Encoding.UTF8.GetBytes(random.Pick(["", "SAME_UPPER", "VALID", "?", "ij,jk->ik", "...,->"]));
            }
        });
    });

    private static void GiveList(Random random, WireMessage model) => With(random, Of(model, MessageKind.Attribute), attribute =>
    {
        attribute.Fields.RemoveAll(field => field.Number is not (AttributeName or AttributeKind));
        for (var i = random.OneIn(5) ? random.Next(2000) : random.Next(8); i > 0; i--)
        {
            attribute.Add(AttributeInts, random.Number());
        }

        Put(attribute, AttributeKind, 7);
    });

    private void ChangeOperator(Random random, WireMessage model) => With(random, Of(model, MessageKind.Node), node =>
    {
        if (node.Find(NodeOperator) is { } name)
        {
            name.Bytes = Encoding.UTF8.GetBytes(random.Pick(operators));
        }
    });

    private static void ChangeOperands(Random random, WireMessage model) => With(random, Of(model, MessageKind.Node), node =>
    {
        var number = random.OneIn(3) ? NodeOutput : NodeInput;
        var operands = node.Fields.FindAll(field => field.Number == number);
        if (operands.Count > 0 && random.OneIn(2))
        {
            node.Fields.Remove(random.Pick(operands));
            return;
        }

        var names = number == NodeInput ? Names(model) : [];
        for (var i = random.OneIn(6) ? random.Next(500) : 1; i > 0; i--)
        {
            node.Fields.Insert(0, WireField.Of(number, names.Count > 0 && !random.OneIn(4) ? random.Pick(names).Bytes : Encoding.UTF8.GetBytes(random.OneIn(3) ? "" : $"new{random.Next(1000)}")));
        }
    });

    private static void Cycle(Random random, WireMessage model)
    {
        var nodes = Of(model, MessageKind.Node);
        var outputs = nodes.SelectMany(node => node.Fields.Where(field => field.Number == NodeOutput)).ToList();
        With(random, nodes, node =>
        {
            if (node.Find(NodeInput) is { } input && outputs.Count > 0)
            {
                input.Bytes = random.Pick(outputs).Bytes;
            }
        });
    }

    private static void PointOutside(Random random, WireMessage model) => With(random, Of(model, MessageKind.Tensor), tensor =>
    {
        tensor.Fields.RemoveAll(field => field.Number is TensorData or TensorLocation);
        foreach (var (key, value) in new[] { ("location", random.Pick(Locations)), ("offset", $"{random.Number()}"), ("length", $"{random.Number()}") })
        {
            if (!random.OneIn(5))
            {
                tensor.Add(TensorExternal, new WireMessage(MessageKind.Entry).Add(1, key).Add(2, value));
            }
        }

        tensor.Add(TensorLocation, random.OneIn(6) ? random.Number() : 1);
    });

    private static void AddFunction(Random random, WireMessage model) => With(random, Of(model, MessageKind.Node), node =>
    {
        var (name, domain) = ("Self", random.OneIn(3) ? "" : "f");
        (node.Find(NodeOperator) ?? new WireField()).Bytes = Encoding.UTF8.GetBytes(name);
        node.Fields.RemoveAll(field => field.Number == NodeDomain);
        node.Add(NodeDomain, domain);
        var function = new WireMessage(MessageKind.Function).Add(1, name);
        foreach (var field in node.Fields.Where(field => field.Number is NodeInput or NodeOutput))
        {
            function.Fields.Add(WireField.Of(field.Number + 3, field.Bytes));
        }

        for (var calls = random.Next(1, 4); calls > 0; calls--)
        {
            function.Add(7, node.Clone());
        }

        model.Add(25, function.Add(10, domain));
        model.Add(8, new WireMessage(MessageKind.OperatorSet).Add(1, domain).Add(2, 1));
    });

    private static void Capture(Random random, WireMessage model)
    {
        var inner = Of(model, MessageKind.Attribute).SelectMany(attribute => attribute.All()).Where(message => message.Kind == MessageKind.Node).ToList();
        var names = Names(model);
        With(random, inner, node => node.Fields.Insert(0, WireField.Of(random.OneIn(4) ? NodeOutput : NodeInput, random.Pick(names).Bytes)));
    }

    private static void ChangeElement(Random random, WireMessage model)
    {
        var fields = Of(model, MessageKind.Tensor).Select(tensor => tensor.Find(TensorType))
            .Concat(Of(model, MessageKind.TensorType).Select(type => type.Find(1))).OfType<WireField>().ToList();
        With(random, fields, field => field.Value = (ulong)random.Next(27));
    }

    private static void ChangeElements(Random random, WireMessage model) => With(random, Of(model, MessageKind.Tensor), tensor =>
    {
        if (tensor.Find(TensorData) is { Bytes: { Length: > 0 and < 65536 } data } field)
        {
            var copy = data.ToArray();
            if (copy.Length >= 8 && !random.OneIn(3))
            {
                BinaryPrimitives.WriteInt64LittleEndian(copy.AsSpan(random.Next(copy.Length / 8) * 8), random.Number());
            }
            else
            {
                copy[random.Next(copy.Length)] = (byte)random.Next(256);
            }

            field.Bytes = copy;
        }
    });

    private static void ResizeElements(Random random, WireMessage model) => With(random, Of(model, MessageKind.Tensor), tensor =>
    {
        if (tensor.Find(TensorData) is { } field)
        {
            var bytes = new byte[random.OneIn(2) ? random.Next(field.Bytes.Length + 1) : field.Bytes.Length + random.Next(1, 65)];
            field.Bytes.Span[..Math.Min(bytes.Length, field.Bytes.Length)].CopyTo(bytes);
            field.Bytes = bytes;
        }
    });

    /// <summary>The graph's own copy inside a Loop, an If or a Scan, some levels deep: what is inferred anew at each level grows as a power.</summary>
    private static void WrapGraph(Random random, WireMessage model)
    {
        const int Largest = 4096;
        if (model.Find(7)?.Message is not { } graph || graph.ToBytes().Length > Largest)
        {
            return;
        }

        var inputs = graph.Fields.FindAll(field => field.Number == GraphInput && field.Message?.Find(1) is not null).ConvertAll(field => field.Message!.Find(1)!);
        var body = graph.Clone();
        for (var depth = random.OneIn(4) ? random.Next(30, 80) : random.Next(1, 10); depth > 0; depth--)
        {
            body = Around(random, body, inputs, depth);
        }

        model.Find(7)!.Message = body;
    }

    private static WireMessage Around(Random random, WireMessage body, List<WireField> inputs, int depth)
    {
        var node = new WireMessage(MessageKind.Node).Add(NodeOperator, random.Pick(["Loop", "Loop", "If", "Scan"]));
        foreach (var input in inputs)
        {
            node.Fields.Add(WireField.Of(NodeInput, input.Bytes));
        }

        node.Add(NodeOutput, $"wrapped{depth}");
        foreach (var name in new[] { "body", "then_branch", "else_branch" })
        {
            if (name == "body" || depth < 3)
            {
                node.Add(NodeAttribute, new WireMessage(MessageKind.Attribute).Add(AttributeName, name).Add(AttributeGraph, body).Add(AttributeKind, 5));
            }
        }

        node.Add(NodeAttribute, new WireMessage(MessageKind.Attribute).Add(AttributeName, "num_scan_inputs").Add(AttributeInt, 1).Add(AttributeKind, 2));
        var outer = new WireMessage(MessageKind.Graph).Add(GraphName, "wrap");
        outer.Fields.AddRange(body.Fields.Where(field => field.Number == GraphInput).Select(field => field.Clone()));
        return outer.Add(GraphNode, node).Add(GraphOutput, new WireMessage(MessageKind.ValueInfo).Add(1, $"wrapped{depth}"));
    }

    private static void FeedConstant(Random random, WireMessage model)
    {
        if (model.Find(7)?.Message is not { } graph)
        {
            return;
        }

        With(random, graph.Fields.FindAll(field => field.Number == GraphInput && field.Message?.Find(1) is not null), input =>
        {
            graph.Fields.Remove(input);
            graph.Add(GraphInitializer, Integers(random, input.Message!.Find(1)!.Bytes));
        });
    }

    /// <summary>A node whose result is far larger than what it is made from.</summary>
    private static void AddGenerator(Random random, WireMessage model)
    {
        if (model.Find(7)?.Message is not { } graph)
        {
            return;
        }

        var (name, made) = ($"shape{random.Next(1000)}", $"made{random.Next(1000)}");
        graph.Add(GraphInitializer, Integers(random, Encoding.UTF8.GetBytes(name)));
        var node = new WireMessage(MessageKind.Node).Add(NodeInput, name).Add(NodeInput, name).Add(NodeInput, name).Add(NodeOutput, made)
            .Add(NodeOperator, random.Pick(["ConstantOfShape", "Expand", "Tile", "Range", "OneHot", "Pad", "Resize", "EyeLike", "Gather", "GatherND", "Reshape", "TopK", "Slice", "Split", "Concat", "NonZero", "Compress", "Upsample", "Einsum", "Unsqueeze"]));
        if (random.OneIn(2))
        {
            node.Fields.RemoveAt(0);
        }

        graph.Add(GraphNode, node);
        With(random, Names(model), field => field.Bytes = Encoding.UTF8.GetBytes(made));
    }

    private static WireMessage Integers(Random random, ReadOnlyMemory<byte> name)
    {
        var numbers = new byte[8 * random.Next(5)];
        for (var i = 0; i < numbers.Length; i += 8)
        {
            BinaryPrimitives.WriteInt64LittleEndian(numbers.AsSpan(i), random.OneIn(3) ? random.Next(1 << 20) : random.Number());
        }

        var tensor = new WireMessage(MessageKind.Tensor);
        if (numbers.Length != 8 || random.OneIn(2))
        {
            tensor.Add(1, numbers.Length / 8);
        }

        tensor.Fields.Add(WireField.Of(TensorName, name));
        return tensor.Add(TensorType, 7).Add(TensorData, numbers);
    }

    private static byte[] Packed(Random random, int count)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        for (var i = 0; i < count; i++)
        {
            WireField.WriteVarint(output, (ulong)random.Number());
        }

        return output.WrittenSpan.ToArray();
    }

    private static void Put(WireMessage message, int number, long value)
    {
        message.Fields.RemoveAll(field => field.Number == number);
        message.Add(number, value);
    }

    private static List<WireMessage> Of(WireMessage model, MessageKind kind) => model.All().FindAll(message => message.Kind == kind);

    private static List<WireField> Names(WireMessage model) =>
        [.. model.All().SelectMany(message => message.Fields.Where(field => OnnxWire.NamesValue(message.Kind, field.Number)))];

    private static void With<T>(Random random, List<T> items, Action<T> change)
    {
        if (items.Count > 0)
        {
            change(random.Pick(items));
        }
    }
}
