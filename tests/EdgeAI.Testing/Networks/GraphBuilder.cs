using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Testing.Networks;

/// <summary>
/// Builds a network node by node. It knows the shape of every value by its own arithmetic, which <see cref="Build"/> compares with
/// what shape inference finds. Weights come from the seed and the order in which they are asked for, so that the same code and seed
/// give the same bytes everywhere.
/// </summary>
public sealed class GraphBuilder
{
    private const long Opset = 17;
    private const long IrVersion = 8;

    private readonly ModelGraph _graph;
    private readonly ulong _seed;
    private uint _draws;
    private int _names;

    /// <param name="name">The graph's name.</param>
    /// <param name="seed">Seed of all weights.</param>
    /// <param name="norms">True keeps each BatchNormalization as a node of its own, false folds it into the weights before it.</param>
    public GraphBuilder(string name, int seed = 1, bool norms = false)
    {
        (_graph, _seed, HasNorms) = (new(name), (ulong)seed, norms);
    }

    /// <summary>True where BatchNormalization stays a node.</summary>
    public bool HasNorms { get; }

    /// <summary>Nodes up to now.</summary>
    public int NodeCount => _graph.Nodes.Count;

    /// <summary>An input of floats, or of another element type.</summary>
    public Value Input(string name, long[] extents, DataType type = DataType.Float32)
    {
        var input = _graph.AddValue(name, new TensorType(type, new Shape(extents)));
        _graph.AddInput(input);
        return input;
    }

    /// <summary>A node with one result of this shape, of the first operand's element type unless another is given.</summary>
    public Value Node(string op, Value?[] operands, long[] extents, Attributes? attributes = null, DataType? type = null) =>
        Node(op, operands, [extents], attributes, type)[0];

    /// <summary>A node with a result for each shape.</summary>
    public Value[] Node(string op, Value?[] operands, long[][] extents, Attributes? attributes = null, DataType? type = null)
    {
        var name = Name(op);
        var element = type ?? operands[0]!.Element;
        var results = extents.Select((shape, index) =>
            _graph.AddValue(extents.Length == 1 ? name : $"{name}_out{index}", new TensorType(element, new Shape(shape)))).ToArray();
        _graph.AddNode(op, operands, results, attributes?.ToList(), name);
        return results;
    }

    /// <summary>A constant.</summary>
    public Value Constant<T>(string name, long[] extents, params ReadOnlySpan<T> elements)
        where T : unmanaged =>
        _graph.AddConstant(Name(name), ConstantTensor.Of(new Shape(extents), elements));

    /// <summary>A vector of integers, as shapes and axes are given.</summary>
    public Value Integers(params long[] elements) => Constant<long>("shape", [elements.Length], elements);

    /// <summary>A constant of one float.</summary>
    public Value Scalar(float value) => Constant("scalar", [], value);

    /// <summary>Floats of this draw, spread evenly between two limits.</summary>
    public float[] Draw(long count, float low, float high)
    {
        var numbers = new float[count];
        Numbers().Fill(numbers, low, high);
        return numbers;
    }

    /// <summary>A generator of its own for each draw: leaving one draw out of a network does not change the others' numbers.</summary>
    public SeededNumbers Numbers() => new((_seed << 32) + _draws++);

    /// <summary>Weights scaled so that the magnitude stays: <paramref name="gain"/> 2 where half of it is cut off afterwards (He), 1 where nothing is (Xavier).</summary>
    public float[] DrawWeights(long count, long fanIn, double gain)
    {
        var limit = (float)Math.Sqrt(3 * gain / fanIn);
        return Draw(count, -limit, limit);
    }

    /// <summary>A float constant of these elements.</summary>
    public Value Weights(string name, float[] elements, params long[] extents) => Constant<float>(name, extents, elements);

    /// <summary>The finished model. Only inputs and outputs keep their types, as in a file that an exporter wrote without value_info.</summary>
    /// <exception cref="ModelFormatException">The builder's shapes and inference's contradict each other.</exception>
    public Model Build(params ReadOnlySpan<Value> outputs)
    {
        var model = new Model(_graph) { IrVersion = IrVersion, ProducerName = "EdgeAI.Testing" };
        model.OpsetImports[""] = Opset;
        foreach (var output in outputs)
        {
            _graph.AddOutput(output);
        }

        ShapeInference.Infer(model);
        foreach (var value in _graph.Values.Values.Where(value => value.Producer is not null).Except(_graph.Outputs))
        {
            value.Type = null;
        }

        return model;
    }

    private string Name(string what) => $"{what}_{_names++}";
}
