using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Onnx;

/// <summary>Models of a few nodes, made by hand.</summary>
internal static class SmallModels
{
    /// <summary>y = x + w, with metadata, a text and a symbolic dimension.</summary>
    public static Model Add(long irVersion = 8)
    {
        var graph = new ModelGraph("add") { DocString = "adds" };
        var x = graph.AddValue("x", new TensorType(DataType.Float32, new Shape([Dimension.Named("batch"), 3])));
        graph.AddInput(x);
        var w = graph.AddConstant("w", ConstantTensor.Of<float>(new Shape(3), 1, 2, 3));
        var y = graph.AddValue("y", new TensorType(DataType.Float32, new Shape([Dimension.Named("batch"), 3])));
        graph.AddNode("Add", [x, w], [y], name: "sum").DocString = "node text";
        graph.AddOutput(y);
        return Wrap(graph, irVersion);
    }

    /// <summary>An If whose branches capture x and a constant, with optional operands left out in a Clip.</summary>
    public static Model Branches()
    {
        var graph = new ModelGraph("outer");
        var x = graph.AddValue("x", new TensorType(DataType.Float32, new Shape(2)));
        var condition = graph.AddValue("c", new TensorType(DataType.Boolean, Shape.Scalar));
        graph.AddInput(x);
        graph.AddInput(condition);
        var limit = graph.AddConstant("limit", ConstantTensor.Of<float>(Shape.Scalar, 0.5f));
        var y = graph.AddValue("y");
        graph.AddNode(
            "If", [condition], [y],
            new AttributeList(
                new NodeAttribute("then_branch", new AttributeValue.Graph(Branch(graph, "then", [x, null, limit]))),
                new NodeAttribute("else_branch", new AttributeValue.Graph(Branch(graph, "else", [x, limit, null])))));
        graph.AddOutput(y);
        return Wrap(graph, 8);
    }

    /// <summary>A model with one node that has every kind of attribute.</summary>
    public static Model AllAttributes()
    {
        var graph = new ModelGraph("attributes");
        var x = graph.AddValue("x", new TensorType(DataType.Float32, Shape.Unknown));
        graph.AddInput(x);
        var tensor = ConstantTensor.Of<long>(new Shape(2), -1, 5);
        var text = new ConstantTensor(new Shape(1), [new byte[] { 0xE2, 0x82, 0xAC }]);
        var sparse = new SparseConstant("s", ConstantTensor.Of<float>(new Shape(1), 4), ConstantTensor.Of<long>(new Shape(1), 2), [9]);
        var y = graph.AddValue("y", new SequenceType(new MapType(DataType.Int64, new TensorType(DataType.Float16, Shape.Scalar))));
        graph.AddNode(
            "Anything", [x], [y],
            new AttributeList(
                new NodeAttribute("f", new AttributeValue.Float(1.5f)), new NodeAttribute("i", new AttributeValue.Int(long.MinValue)),
                new NodeAttribute("s", new AttributeValue.Text(new byte[] { 0xFF, 0x00 }), "doc"), new NodeAttribute("t", new AttributeValue.Tensor(tensor)),
                new NodeAttribute("ts", new AttributeValue.Tensors([tensor, text])), new NodeAttribute("fs", new AttributeValue.Floats([1, float.NaN])),
                new NodeAttribute("is", new AttributeValue.Ints([-1, 0, 1])), new NodeAttribute("ss", new AttributeValue.Texts([new byte[] { 65 }])),
                new NodeAttribute("tp", new AttributeValue.Type(new OptionalType(new TensorType(DataType.Int4, new Shape(3))))),
                new NodeAttribute("sp", new AttributeValue.Sparse(sparse)), new NodeAttribute("none", new AttributeValue.Ints([]))),
            domain: "test.domain");
        graph.AddOutput(y);
        return Wrap(graph, 9);
    }

    private static ModelGraph Branch(ModelGraph parent, string name, Value?[] clip)
    {
        var graph = new ModelGraph(name, parent);
        var result = graph.AddValue(name + "_y", new TensorType(DataType.Float32, new Shape(2)));
        graph.AddNode("Clip", clip, [result]);
        graph.AddOutput(result);
        return graph;
    }

    private static Model Wrap(ModelGraph graph, long irVersion)
    {
        var model = new Model(graph) { IrVersion = irVersion, ProducerName = "tests", ProducerVersion = "1", Domain = "ai.edge", ModelVersion = 3, DocString = "text" };
        model.OpsetImports[""] = 17;
        model.OpsetImports["test.domain"] = 2;
        model.Metadata.Add(new("key", "value €"));
        return model;
    }
}
