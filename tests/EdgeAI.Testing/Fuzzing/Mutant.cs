namespace EdgeAI.Testing.Fuzzing;

/// <summary>A changed model.</summary>
/// <param name="Seed">Name of the model that it comes from.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Changes">What was done to it, in order.</param>
public sealed record Mutant(string Seed, ReadOnlyMemory<byte> Bytes, IReadOnlyList<string> Changes);
