using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>Findings as files: for each cause the input, made smaller, and a text that tells how to come by it again.</summary>
/// <param name="folder">Where they go.</param>
public sealed class FuzzFindings(string folder)
{
    private const int KeptPerCause = 3;

    /// <summary>The texts of all findings.</summary>
    public IReadOnlyList<string> Texts() => Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "finding-*.txt").Order(StringComparer.Ordinal).Select(File.ReadAllText)] : [];

    /// <summary>Keeps a finding, unless enough of its cause are kept. <paramref name="minimize"/> makes its input smaller.</summary>
    public void Add(int seed, long index, Mutant mutant, FuzzOutcome outcome, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> minimize)
    {
        var cause = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(outcome.Signature)))[..8];
        if (Directory.EnumerateFiles(folder, $"finding-{cause}-*.txt").Count() >= KeptPerCause)
        {
            return;
        }

        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"finding-{cause}-{index}"));
        var small = minimize(mutant.Bytes);
        File.WriteAllBytes(path + ".onnx", small.ToArray());
        File.WriteAllText(path + ".txt", Describe(seed, index, mutant, outcome, small));
    }

    private static string Describe(int seed, long index, Mutant mutant, FuzzOutcome outcome, ReadOnlyMemory<byte> small)
    {
        const int LongestInput = 4096;
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"{outcome.Signature}")
            .AppendLine(CultureInfo.InvariantCulture, $"seed {seed}, mutant {index} of {mutant.Seed}: {string.Join("; ", mutant.Changes)}")
            .AppendLine(CultureInfo.InvariantCulture, $"{mutant.Bytes.Length} bytes, made smaller to {small.Length}; {outcome.Milliseconds:0} ms, {outcome.AllocatedBytes} bytes allocated")
            .AppendLine(outcome.Detail);
        return small.Length <= LongestInput ? text.AppendLine(Convert.ToBase64String(small.Span)).ToString() : text.ToString();
    }
}
