using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Api;

/// <summary>The smallest integer by −1: without a guard ONNX Runtime takes the test's process down.</summary>
public sealed class IntegerDivisionTests : ApiFixture
{
    private const int Seed = 20261128;

    [TestCase("Div", 13)]
    [TestCase("Mod", 13)]
    [TestCase("Div", 7)]
    public void Run_SmallestLongByMinusOne_WrapsAsTheTypeDoes(string operation, int opset)
    {
        var (a, b) = Data(long.MinValue, value => value);
        using var model = Load(Binary(operation, DataType.Int64, a.Length, opset));
        var found = model.Run([EdgeTensor.Of<long>(a, a.Length), EdgeTensor.Of<long>(b, b.Length)])[0].AsSpan<long>().ToArray();
        Assert.That(found, Is.EqualTo(a.Zip(b, (x, y) => operation == "Div" ? y == -1 ? unchecked(-x) : x / y : Modulo(x, y))));
    }

    [TestCase("Div")]
    [TestCase("Mod")]
    public void Run_SmallestIntByMinusOne_WrapsAsTheTypeDoes(string operation)
    {
        var (a, b) = Data(int.MinValue, value => (int)value);
        using var model = Load(Binary(operation, DataType.Int32, a.Length, 13));
        var found = model.Run([EdgeTensor.Of<int>(a, a.Length), EdgeTensor.Of<int>(b, b.Length)])[0].AsSpan<int>().ToArray();
        Assert.That(found, Is.EqualTo(a.Zip(b, (x, y) => operation == "Div" ? y == -1 ? unchecked(-x) : x / y : (int)Modulo(x, y))));
    }

    [Test]
    public void Run_DivisionInABranch_IsGuardedToo()
    {
        using var model = Load(OnnxWriter.ToBytes(InABranch()));
        var found = model.Run([EdgeTensor.Of<bool>([true], 1), EdgeTensor.Of<long>([long.MinValue, 9], 2), EdgeTensor.Of<long>([-1, 2], 2)]);
        Assert.That(found[0].AsSpan<long>().ToArray(), Is.EqualTo(new[] { long.MinValue, 4 }));
    }

    [Test]
    public void Guard_TwiceOrWithoutNeed_ChangesNothing()
    {
        var model = OnnxReader.Read(Binary("Div", DataType.Int64, 3, 13));
        ShapeInference.Infer(model);
        Assert.That(GraphRewrites.GuardDivision.Apply(model), Is.EqualTo(1));
        ShapeInference.Infer(model);
        GraphVerifier.Verify(model);
        Assert.Multiple(() =>
        {
            Assert.That(GraphRewrites.GuardDivision.Apply(model), Is.Zero);
            foreach (var bytes in (byte[][])[Binary("Div", DataType.Float32, 3, 13), ByConstant(DataType.Int64, [2, 0, 3]), Binary("Mod", DataType.Float32, 3, 13, ("fmod", 1L))])
            {
                var other = OnnxReader.Read(bytes);
                ShapeInference.Infer(other);
                Assert.That(GraphRewrites.GuardDivision.Apply(other), Is.Zero);
            }
        });
    }

    /// <summary>The pair that traps, and random pairs without 0.</summary>
    private static (T[] A, T[] B) Data<T>(T smallest, Func<long, T> number)
    {
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        var a = Enumerable.Range(0, 200).Select(_ => number(random.Next(-1000, 1000)));
        var b = Enumerable.Range(0, 200).Select(i => number(i % 5 == 0 ? -1 : random.Next(1, 50) * (random.Next(2) == 0 ? -1 : 1)));
        return ([smallest, smallest, .. a], [number(-1), number(3), .. b]);
    }

    /// <summary>The result has the divisor's sign.</summary>
    private static long Modulo(long x, long y) => y == -1 ? 0 : x % y is var rest && rest != 0 && rest < 0 != y < 0 ? rest + y : rest;

    private static byte[] Binary(string operation, DataType type, int count, int opset, params (string, object)[] attributes) => new TinyOnnx()
        .Input("a", type, count).Input("b", type, count).Output("y", type, count).Node(operation, "a b", "y", "", attributes).Build(opset);

    private static byte[] ByConstant(DataType type, long[] divisors) => new TinyOnnx()
        .Input("a", type, divisors.Length).Output("y", type, divisors.Length)
        .Initializer("b", type, [divisors.Length], System.Runtime.InteropServices.MemoryMarshal.AsBytes<long>(divisors)).Node("Div", "a b", "y").Build();

    private static Model InABranch()
    {
        var graph = new ModelGraph("outer");
        var condition = graph.AddValue("c", new TensorType(DataType.Boolean, new Shape(1)));
        var (a, b) = (graph.AddValue("a", new TensorType(DataType.Int64, new Shape(2))), graph.AddValue("b", new TensorType(DataType.Int64, new Shape(2))));
        foreach (var input in (Value[])[condition, a, b])
        {
            graph.AddInput(input);
        }

        var y = graph.AddValue("y", new TensorType(DataType.Int64, new Shape(2)));
        graph.AddNode("If", [condition], [y], new AttributeList(
            new NodeAttribute("then_branch", new AttributeValue.Graph(Branch(graph, "Div", a, b))),
            new NodeAttribute("else_branch", new AttributeValue.Graph(Branch(graph, "Add", a, b)))));
        graph.AddOutput(y);
        var model = new Model(graph) { IrVersion = 8 };
        model.OpsetImports[""] = 17;
        return model;
    }

    private static ModelGraph Branch(ModelGraph parent, string operation, Value a, Value b)
    {
        var branch = new ModelGraph(operation, parent);
        var result = branch.AddValue($"of_{operation}");
        branch.AddNode(operation, [a, b], [result]);
        branch.AddOutput(result);
        return branch;
    }
}
