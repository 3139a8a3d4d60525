using System.Globalization;
using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Graph;

/// <summary>The one rewrite that rounds elsewhere: what is left, and that results stay within the tolerance of its file.</summary>
public sealed class FoldAffineTests
{
    private RewriteOracle _oracle = null!;

    private static double Tolerance { get; } = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Graph", "rewrite-tolerances.txt"))
        .Where(line => line.StartsWith("fold-affine", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split('|')[1], CultureInfo.InvariantCulture)).Single();

    [OneTimeSetUp]
    public void Open() => _oracle = new RewriteOracle();

    [OneTimeTearDown]
    public void Close() => _oracle.Dispose();

    [TestCase("Conv group=1", 3, 6)]
    [TestCase("Conv group=3", 1, 6)]
    [TestCase("ConvTranspose group=1", 0, 4)]
    [TestCase("ConvTranspose group=3", 0, 6)]
    public void Fuse_NormalizedConvolution_BecomesOneNode(string layer, int depth, int channels)
    {
        var test = new TestGraph();
        var parts = layer.Split(' ');
        var groups = parts[1][^1] - '0';
        var weights = depth > 0 ? new Shape(channels, depth, 3L, 3L) : new Shape(3L, channels / groups, 3L, 3L);
        var value = test.Node(parts[0], parts[1], test.Input("f32[1,3,6,7]"), Random(test, weights, 1));
        value = test.Node("BatchNormalization", "", value, Random(test, new Shape(channels), 2), Random(test, new Shape(channels), 3), Random(test, new Shape(channels), 4), Random(test, new Shape(channels), 5, positive: true));
        value = test.Node("Mul", "", value, Random(test, new Shape(channels, 1L, 1L), 6));
        value = test.Node("Sub", "", value, Random(test, new Shape(1L, channels, 1L, 1L), 7));
        test.Output(test.Node("Relu", "", test.Node("Div", "", value, test.Constant(Shape.Scalar, 3f))));
        Check(test, $"{parts[0]} Relu");
    }

    [TestCase("Conv")]
    [TestCase("ConvTranspose")]
    public void Fuse_WeightsOfHugeExtentsWithoutElements_Stay(string layer)
    {
        var test = new TestGraph();
        var weights = test.Constant<float>(layer == "Conv" ? new Shape(1L << 33, 0L, 1L, 1L) : new Shape(0L, 1L << 33, 1L, 1L));
        test.Output(test.Node("Mul", "", test.Node(layer, "", test.Input("f32[1,0,2,2]"), weights), test.Constant(new Shape(1L, 1L, 1L), 2f)));
        Assert.That(() => GraphRewrites.Fuse(test.Model), Throws.Nothing);
    }

    [TestCase(0, "alpha=0.5 beta=0.25", true)]
    [TestCase(1, "", true)]
    [TestCase(1, "", false)]
    public void Fuse_NormalizedGemm_BecomesOneNode(int isTransposed, string attributes, bool hasBias)
    {
        var test = new TestGraph();
        var weights = Random(test, isTransposed == 1 ? new Shape(5L, 4L) : new Shape(4L, 5L), 1);
        var bias = hasBias ? Random(test, new Shape(1L, 5L), 2) : null;
        var value = test.Node("Gemm", $"transB={isTransposed} {attributes}".Trim(), test.Input("f32[3,4]"), weights, bias);
        value = test.Node("Mul", "", Random(test, new Shape(5L), 3), value);
        value = test.Node("BatchNormalization", "", value, Random(test, new Shape(5L), 2), Random(test, new Shape(5L), 3), Random(test, new Shape(5L), 4), Random(test, new Shape(5L), 5, positive: true));
        test.Output(test.Node("Relu", "", value));
        Check(test, "Gemm Relu");
    }

    [TestCase("f32[3,4]", "Gemm Relu")]
    [TestCase("f32[2,3,4]", "MatMul Add Relu")]
    public void Fuse_MatMulScaledAndShifted_TakesTheBiasWhereThereIsOne(string input, string left)
    {
        var test = new TestGraph();
        var value = test.Node("Mul", "", test.Node("MatMul", "", test.Input(input), Random(test, new Shape(4L, 5L), 1)), Random(test, new Shape(5L), 2));
        test.Output(test.Node("Relu", "", test.Node("Add", "", value, Random(test, new Shape(5L), 3))));
        Check(test, left);
    }

    [Test]
    public void Fuse_TransposeThatMovesNoElement_BecomesAReshape()
    {
        var test = new TestGraph();
        test.Output(test.Node("Relu", "", test.Node("Transpose", "perm=[2,0,3,1]", test.Input("f32[N,1,1,4]"))));
        test.Output(test.Node("Relu", "", test.Node("Transpose", "perm=[1,0]", test.Input("f32[2,3]"))));
        Check(test, "Reshape Relu Transpose Relu");
    }

    [Test]
    public void Fuse_ResultThatIsReadTwiceOrConstantThatIsNoChannel_Stays()
    {
        var test = new TestGraph();
        var value = test.Node("Conv", "", test.Input("f32[1,3,6,6]"), Random(test, new Shape(6L, 3L, 1L, 1L), 1));
        test.Output(value);
        test.Output(test.Node("Mul", "", value, Random(test, new Shape(6L, 1L, 1L), 2)));
        var other = test.Node("Conv", "", test.Input("f32[1,3,6,6]"), Random(test, new Shape(6L, 3L, 1L, 1L), 3));
        test.Output(test.Node("Mul", "", other, Random(test, new Shape(6L), 4)));
        Check(test, "Conv Mul Conv Mul");
    }

    private void Check(TestGraph test, string left)
    {
        var expected = _oracle.Run(test.Model);
        var steps = GraphRewrites.Fuse(test.Model, verifyEachPatch: true);
        Assert.That(string.Join(' ', test.Graph.Nodes.Select(node => node.OpType)), Is.EqualTo(left), string.Join(", ", steps));
        Assert.That(RewriteOracle.Worst(_oracle.Run(test.Model), expected).Relative, Is.LessThanOrEqualTo(Tolerance));
    }

    private static Value Random(TestGraph test, Shape shape, int seed, bool positive = false)
    {
        var random = new Random(seed);
        return test.Constant<float>(shape, [.. Enumerable.Range(0, (int)shape.ElementCount).Select(_ => random.NextSingle() + (positive ? 0.1f : -0.4f))]);
    }
}
