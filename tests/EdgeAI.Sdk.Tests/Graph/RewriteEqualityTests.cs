using EdgeAI.Graph;

namespace EdgeAI.Sdk.Tests.Graph;

/// <summary>Random float graphs of what the rewrites look for: ONNX Runtime gives every bit as before.</summary>
public sealed class RewriteEqualityTests
{
    private RewriteOracle _oracle = null!;

    [OneTimeSetUp]
    public void Open() => _oracle = new RewriteOracle();

    [OneTimeTearDown]
    public void Close() => _oracle.Dispose();

    [Test]
    public void Simplify_OfRandomFloatGraphs_LeavesEveryBit([Range(1, 80)] int seed) => Check(seed);

    [Test]
    [Explicit("Thousands of graphs, by hand.")]
    public void Simplify_OfManyRandomFloatGraphs_LeavesEveryBit()
    {
        for (var seed = 1000; seed < 6000; seed++)
        {
            Check(seed);
        }
    }

    private void Check(int seed)
    {
        var test = new RandomFloatGraph(seed).Test;
        var before = GraphPrinter.Print(test.Model);
        var expected = _oracle.Run(test.Model, seed);
        var steps = GraphRewrites.Simplify(test.Model, verifyEachPatch: seed % 4 == 0);
        GraphVerifier.VerifyTypes(test.Model);
        var why = $"seed {seed}: {string.Join(", ", steps.Where(step => step.Count > 0))}\n{before}\n{GraphPrinter.Print(test.Model)}";
        Assert.That(RewriteOracle.Worst(_oracle.Run(test.Model, seed), expected).IsExact, Is.True, why);
        Assert.That(GraphRewrites.Simplify(test.Model).Sum(step => step.Count), Is.Zero, why);
    }
}
