using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Graph;

public sealed class SymbolicExpressionTests
{
    private const int Seed = 20261128;

    private static readonly SymbolicInteger N = SymbolicInteger.Of(Dimension.Named("n"));
    private static readonly SymbolicInteger M = SymbolicInteger.Of(Dimension.Named("m"));

    private static SymbolicInteger Of(long value) => SymbolicInteger.Of(value);

    [Test]
    public void Arithmetic_OfNames_GivesOneCanonicalText()
    {
        Assert.Multiple(() =>
        {
            Assert.That((N * Of(2) + Of(1)).Symbol, Is.EqualTo("2*n + 1"));
            Assert.That((Of(1) + N + N).Symbol, Is.EqualTo("2*n + 1"));
            Assert.That((N * M).Symbol, Is.EqualTo((M * N).Symbol));
            Assert.That(N + Of(3) - N, Is.EqualTo(Of(3)));
            Assert.That((N * Of(6)) / (N * Of(2)), Is.EqualTo(Of(3)));
            Assert.That((N * M * Of(64)) / (N * Of(16)), Is.EqualTo(M * Of(4)));
            Assert.That((N + M) / (M + N), Is.EqualTo(Of(1)));
            Assert.That((N - Of(3)).AtLeastZero().Symbol, Is.EqualTo("max(n - 3)"));
            Assert.That(SymbolicInteger.Max(N, N + Of(2)), Is.EqualTo(N + Of(2)));
        });
    }

    [Test]
    public void FloorOver_PartsThatDivide_StandBeforeTheFloor()
    {
        Assert.Multiple(() =>
        {
            Assert.That((N * Of(4) + Of(6)).FloorOver(4).Symbol, Is.EqualTo("n + 1"));
            Assert.That((N - Of(1)).FloorOver(2).Symbol, Is.EqualTo("floor((n + 1)/2) - 1"));
            Assert.That((N * Of(2) + Of(3)).FloorOver(4).Symbol, Is.EqualTo("floor((n + 1)/2)"));
        });
    }

    [TestCase("past + 1", "past + 1")]
    [TestCase("seq-len", "seq-len")]
    [TestCase("floor(h/2)*w", "floor(h/2)*w")]
    [TestCase("1 + past", "past + 1")]
    public void Parse_TextsOfExporters_AreRead(string text, string canonical) =>
        Assert.That(SymbolicExpressionParser.Parse(text)?.Text, Is.EqualTo(canonical));

    [TestCase("floor(a/16 - 1/16)")]
    [TestCase("max(a, b)")]
    [TestCase("a + ")]
    [TestCase("((((")]
    [TestCase("floor(a/0)")]
    [TestCase("")]
    public void Parse_OtherTexts_AreNamesThatCannotBeComputedWith(string text)
    {
        Assert.That(SymbolicExpressionParser.Parse(text), Is.Null);
        var name = SymbolicInteger.Of(Dimension.Named(text));
        Assert.That(name + Of(1), Is.EqualTo(SymbolicInteger.Unknown));
        Assert.That(name - name, Is.EqualTo(text.Length == 0 ? SymbolicInteger.Unknown : Of(0)));
    }

    [Test]
    public void Arithmetic_TooLong_IsUnknown()
    {
        var sum = N;
        for (var i = 0; i < 40; i++)
        {
            sum += SymbolicInteger.Of(Dimension.Named($"name{i}"));
        }

        Assert.That(sum, Is.EqualTo(SymbolicInteger.Unknown));
        Assert.That(N * Of(long.MaxValue) * Of(2), Is.EqualTo(SymbolicInteger.Unknown));
    }

    /// <summary>Random expressions, read again from their text and evaluated, are what plain arithmetic gives.</summary>
    [Test]
    public void Evaluate_RandomExpressions_EqualsPlainArithmetic()
    {
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        for (var round = 0; round < 2_000; round++)
        {
            var extents = new Dictionary<string, long> { ["n"] = random.Next(1, 50), ["m"] = random.Next(1, 50) };
            var (expression, expected) = Draw(random, extents, 4);
            if (expression is { IsKnown: false, Symbol: { } text })
            {
                Assert.That(SymbolicExpressionParser.Parse(text)?.Text, Is.EqualTo(text));
                Assert.That(SymbolicExpressionParser.Parse(text)!.Evaluate(name => extents[name]), Is.EqualTo(expected), text);
            }
            else if (expression.IsKnown)
            {
                Assert.That(expression.Value, Is.EqualTo(expected));
            }
        }
    }

    private static (SymbolicInteger Expression, long Value) Draw(Random random, Dictionary<string, long> extents, int depth)
    {
        if (depth == 0 || random.Next(4) == 0)
        {
            var number = random.Next(-5, 9);
            return random.Next(3) switch { 0 => (Of(number), number), 1 => (N, extents["n"]), _ => (M, extents["m"]) };
        }

        var (left, x) = Draw(random, extents, depth - 1);
        var (right, y) = Draw(random, extents, depth - 1);
        var divisor = random.Next(1, 7);
        return random.Next(5) switch
        {
            0 => (left + right, x + y),
            1 => (left - right, x - y),
            2 => (left * right, x * y),
            3 => (left.FloorOver(divisor), (long)Math.Floor((double)x / divisor)),
            _ => (left.AtLeastZero(), Math.Max(0, x)),
        };
    }
}
