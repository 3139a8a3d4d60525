using EdgeAI.Testing.Fuzzing;

namespace EdgeAI.Sdk.Tests.Fuzzing;

public sealed class MutatorTests
{
    private static readonly FuzzCorpus Corpus = new(OddModels.All());

    [Test]
    public void Make_TheSameNumber_GivesTheSameBytes()
    {
        for (var index = 0; index < 200; index++)
        {
            var (first, second) = (new Mutator(Corpus, 5).Make(index), new Mutator(Corpus, 5).Make(index));
            Assert.That(first.Bytes.ToArray(), Is.EqualTo(second.Bytes.ToArray()), $"mutant {index}: {string.Join("; ", first.Changes)}");
        }
    }

    [Test]
    public void Make_AnotherSeed_GivesOtherMutants()
    {
        var (five, six) = (new Mutator(Corpus, 5), new Mutator(Corpus, 6));
        Assert.That(Enumerable.Range(0, 50).Count(index => five.Make(index).Bytes.Span.SequenceEqual(six.Make(index).Bytes.Span)), Is.LessThan(5));
    }

    [Test]
    public void OddModels_AllOfThem_ReachSimplification()
    {
        using var pipeline = new ModelPipeline(isDeep: false);
        foreach (var (name, bytes) in OddModels.All())
        {
            var outcome = pipeline.Run(bytes);
            Assert.That(outcome.Result, Is.EqualTo(FuzzResult.Passed), $"{name}: {outcome.Stage}: {outcome.Detail}");
        }
    }

    [Test]
    public void Parse_AModelsBytes_WritesThemBack()
    {
        foreach (var (name, bytes) in OddModels.All())
        {
            Assert.That(WireMessage.Parse(bytes, MessageKind.Model)!.ToBytes().ToArray(), Is.EqualTo(bytes), name);
        }
    }

    [Test]
    public void Minimize_AFaultInOneNode_LeavesLittleElse()
    {
        var bytes = OddModels.Model(OddModels.Graph("y", Enumerable.Range(0, 50).Select(i => OddModels.Node(i == 31 ? "Culprit" : "Relu", "x", $"v{i}"))));
        var small = new Minimizer(candidate => candidate.Span.IndexOf("Culprit"u8) >= 0, TimeSpan.FromSeconds(10)).Minimize(bytes);
        Assert.That(small.Length, Is.LessThan(30), $"of {bytes.Length} bytes");
    }
}
