using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Graph;

/// <summary>A graph over tensors of rank 4 with transposes, reshapes, casts, neutral arithmetic, pads, quantizers and twins everywhere.</summary>
internal sealed class RandomFloatGraph
{
    private static readonly string[] Orders = ["[0,2,3,1]", "[0,3,1,2]", "[0,1,3,2]", "[1,0,2,3]", "[3,2,1,0]"];

    private readonly Random _random;
    private readonly List<Value> _values = [];

    public RandomFloatGraph(int seed)
    {
        _random = new Random(seed);
        _values.Add(Test.Input("f32[1,3,4,5]"));
        _values.Add(Test.Input("f32[1,4,5,3]"));
        _values.Add(Test.Input("f32[1,1,6,2]"));
        for (var i = 0; i < 24; i++)
        {
            var step = Step(Any());
            ShapeInference.Infer(Test.Model);
            _values.Add(step);
        }

        foreach (var output in _values.Where(value => value.Producer is not null && value.Consumers.Count == 0).ToList())
        {
            Test.Output(output);
        }
    }

    public TestGraph Test { get; } = new();

    /// <summary>The latest values more often, so that chains come about.</summary>
    private Value Any() => _values[_random.Next(3) > 0 ? Math.Max(0, _values.Count - 1 - _random.Next(3)) : _random.Next(_values.Count)];

    private Value Step(Value x) => _random.Next(17) switch
    {
        0 or 1 or 2 => Transposed(x),
        3 => Test.Node(new[] { "Relu", "Abs", "Neg", "Floor", "LeakyRelu", "Identity" }[_random.Next(6)], "", x),
        4 => Test.Node(new[] { "Mul", "Div" }[_random.Next(2)], "", x, Test.Constant(Shape.Scalar, 1f)),
        5 => Test.Node(new[] { "Add", "Sub" }[_random.Next(2)], "", x, Test.Constant(Shape.Scalar, _random.Next(2) == 0 ? 0f : -0f)),
        6 => Test.Node("Cast", "to=1", Test.Node("Cast", $"to={(_random.Next(2) == 0 ? 11 : 10)}", x)),
        7 => Test.Node("Reshape", "", Test.Node("Flatten", $"axis={_random.Next(4)}", x), Vector(x.Shape.ToArray())),
        8 => Test.Node("Squeeze", "", Test.Node("Unsqueeze", "", x, Vector(2)), Vector(2)),
        9 => Test.Node("Pad", "", x, Vector(0, _random.Next(2), _random.Next(2), 0, 0, 0, _random.Next(3), 0)),
        10 => Convolution(x),
        11 => Test.Node("Clip", "", x, Test.Constant(Shape.Scalar, -1f), Test.Constant(Shape.Scalar, 2f)),
        12 => Quantized(x),
        13 => Test.Node("Concat", $"axis={_random.Next(4)}", x, Test.Node(_random.Next(2) == 0 ? "Abs" : "Relu", "", x)),
        14 => Test.Node(new[] { "Add", "Mul", "Sub", "Max" }[_random.Next(4)], "", x, Test.Constant<float>(new Shape(x.Shape[3].Value), [.. Enumerable.Range(0, (int)x.Shape[3].Value).Select(_ => _random.NextSingle())])),
        15 => Test.Node("Where", "", Test.Constant(Shape.Scalar, _random.Next(2) == 0), x, Test.Node("Neg", "", x)),
        _ => Pair(x),
    };

    private Value Transposed(Value x) => Test.Node("Transpose", $"perm={Orders[_random.Next(Orders.Length)]}", x);

    private Value Convolution(Value x)
    {
        var channels = x.Shape[1].Value;
        var padded = Test.Node("Pad", "", x, Vector(0, 0, 1, 1, 0, 0, 1, 2));
        return Test.Node("Conv", "", padded, Test.Constant<float>(new Shape(2L, channels, 2L, 2L), [.. Enumerable.Range(0, (int)channels * 8).Select(_ => _random.NextSingle() - 0.5f)]));
    }

    private Value Quantized(Value x)
    {
        var (scale, zero) = (0.125f * (1 + _random.Next(2)), (byte)_random.Next(100, 140));
        var integers = Test.Node("QuantizeLinear", "", x, Test.Constant(Shape.Scalar, scale), Test.Constant(Shape.Scalar, zero));
        return Test.Node("DequantizeLinear", "", integers, Test.Constant(Shape.Scalar, scale), Test.Constant(Shape.Scalar, zero));
    }

    /// <summary>Two values of one shape, perhaps the same twice, perhaps computed twice.</summary>
    private Value Pair(Value x)
    {
        var twins = _values.Where(value => value.Shape == x.Shape).ToList();
        return Test.Node(_random.Next(2) == 0 ? "Add" : "Mul", "", Test.Node("Abs", "", x), Test.Node("Abs", "", twins[_random.Next(twins.Count)]));
    }

    private Value Vector(params long[] items) => Test.Vector<long>(items);
}
