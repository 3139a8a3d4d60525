namespace EdgeAI.Testing.Fuzzing;

/// <summary>Makes the mutants of a campaign: the mutant of a number is the same at every call, on every machine with the same corpus.</summary>
/// <param name="corpus">Models to change.</param>
/// <param name="seed">The campaign's seed.</param>
public sealed class Mutator(FuzzCorpus corpus, int seed)
{
    private const int ByBytes = 2, ByStructure = 4;

    private readonly MeaningMutator _meaning = new(corpus.Operators);

    /// <summary>The mutant of that number.</summary>
    public Mutant Make(long index)
    {
        var random = new Random(HashCode(seed, index));
        var entry = corpus.Draw(random);
        var changes = new List<string>();
        var kind = random.Next(10);
        var bytes = entry.Tree is { } tree && kind >= ByBytes ? ChangeTree(random, tree.Clone(), kind >= ByStructure, changes) : entry.Bytes;
        for (var i = kind < ByBytes ? Count(random) : random.OneIn(20) ? 1 : 0; i > 0; i--)
        {
            var (changed, change) = ByteMutator.Apply(random, bytes.ToArray(), corpus.Draw(random).Bytes);
            bytes = changed;
            changes.Add(change);
        }

        return new Mutant(entry.Name, bytes, changes);
    }

    private ReadOnlyMemory<byte> ChangeTree(Random random, WireMessage tree, bool byMeaning, List<string> changes)
    {
        for (var i = Count(random); i > 0; i--)
        {
            changes.Add(byMeaning || random.OneIn(4) ? _meaning.Apply(random, tree) : StructureMutator.Apply(random, tree, corpus.Draw(random).Tree ?? tree));
        }

        return tree.ToBytes();
    }

    /// <summary>One change mostly, so that much stays valid and later stages are reached too.</summary>
    private static int Count(Random random) => random.OneIn(3) ? random.Next(2, 6) : 1;

    /// <summary>Well mixed and the same in every process, which <see cref="System.HashCode"/> is not.</summary>
    private static int HashCode(int seed, long index)
    {
        var mixed = unchecked(((ulong)(uint)seed << 32 ^ (ulong)index) * 0x9E3779B97F4A7C15UL);
        mixed = unchecked((mixed ^ mixed >> 31) * 0xBF58476D1CE4E5B9UL);
        return (int)((mixed ^ mixed >> 29) & int.MaxValue);
    }
}
