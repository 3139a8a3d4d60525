using EdgeAI.Testing.Fuzzing;

namespace EdgeAI.Sdk.Tests.Fuzzing;

/// <summary>No finding is lost: neither to a worker that ends while it makes the input smaller, nor to others of the same kind.</summary>
public sealed class FuzzFindingsTests
{
    private static readonly Mutant Mutant = new("seed", new byte[] { 1, 2, 3 }, ["cut off"]);

    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("edgeai-findings-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Add_MinimizingThatDoesNotEnd_HasWrittenTheInputAsItIs()
    {
        Assert.That(() => Add(7, Outcome(FuzzResult.Fault, "System.Exception: no"), _ => throw new TimeoutException()), Throws.TypeOf<TimeoutException>());
        Assert.That(File.ReadAllBytes(Directory.GetFiles(_folder, "*.onnx").Single()), Is.EqualTo(Mutant.Bytes.ToArray()));
        Assert.That(new FuzzFindings(_folder).Texts(), Has.Count.EqualTo(1));
    }

    [Test]
    public void Add_MadeSmaller_KeepsTheSmallerInput()
    {
        Add(7, Outcome(FuzzResult.Fault, "System.Exception: no"), bytes => bytes[..1]);
        Assert.That(File.ReadAllBytes(Directory.GetFiles(_folder, "*.onnx").Single()), Is.EqualTo(new byte[] { 1 }));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(2), "input and text");
    }

    [TestCase(FuzzResult.Died, 9)]
    [TestCase(FuzzResult.Hung, 9)]
    [TestCase(FuzzResult.Fault, 3)]
    public void Add_NineOfOneCause_KeepsAllThatEndedAProcess(FuzzResult result, int kept)
    {
        for (var index = 0; index < 9; index++)
        {
            Add(index, Outcome(result, "exit code 134\nStack overflow."), bytes => bytes);
        }

        Assert.That(new FuzzFindings(_folder).Texts(), Has.Count.EqualTo(kept));
    }

    [TestCase(FuzzResult.Died, "exit code 134\n\nStack overflow.\n   at X()", "Died in process: exit code 134; Stack overflow.")]
    [TestCase(FuzzResult.Died, "exit code 136\n", "Died in process: exit code 136")]
    [TestCase(FuzzResult.TooSlow, "most of it in simplify\n2300 ms for 12 bytes; ", "TooSlow in process: most of it in simplify")]
    public void Signature_OfAFinding_NamesItsCause(FuzzResult result, string detail, string expected) =>
        Assert.That(Outcome(result, detail).Signature, Is.EqualTo(expected));

    private static FuzzOutcome Outcome(FuzzResult result, string detail) => new(result, "process", detail, 0, 0);

    private void Add(long index, FuzzOutcome outcome, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> minimize) =>
        new FuzzFindings(_folder).Add(1, index, Mutant, outcome, minimize);
}
