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

    /// <summary>
    /// Keeps a finding, unless enough of its cause are kept; what killed a process or came to no end is always kept. The input is on the disk
    /// as it is before <paramref name="minimize"/>, which may take long or end the process, makes it smaller.
    /// </summary>
    public void Add(int seed, long index, Mutant mutant, FuzzOutcome outcome, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> minimize)
    {
        var cause = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(outcome.Signature)))[..8];
        if (outcome.Result is not (FuzzResult.Died or FuzzResult.Hung) && Directory.EnumerateFiles(folder, $"finding-{cause}-*.txt").Count() >= KeptPerCause)
        {
            return;
        }

        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"finding-{cause}-{index}"));
        Write(path, mutant.Bytes, Describe(seed, index, mutant, outcome, mutant.Bytes));
        var small = minimize(mutant.Bytes);
        if (small.Length < mutant.Bytes.Length)
        {
            Write(path, small, Describe(seed, index, mutant, outcome, small));
        }
    }

    /// <summary>Replaces both files whole: a process that is killed on the way leaves the old or the new ones.</summary>
    private static void Write(string path, ReadOnlyMemory<byte> input, string text)
    {
        var next = path + ".next";
        File.WriteAllBytes(next, input.ToArray());
        File.Move(next, path + ".onnx", overwrite: true);
        File.WriteAllText(next, text);
        File.Move(next, path + ".txt", overwrite: true);
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
