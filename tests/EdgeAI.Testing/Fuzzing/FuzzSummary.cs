using System.Globalization;
using System.Text;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>How far a campaign has come, and what it has found.</summary>
/// <param name="Plan">The campaign.</param>
/// <param name="Elapsed">Time of this run of it.</param>
/// <param name="RunNow">Mutants of this run of it.</param>
/// <param name="Stages">Names of the stages.</param>
/// <param name="Counts">Mutants by result and stage, of all runs of the campaign.</param>
/// <param name="Slowest">The mutant that took the most processor time.</param>
/// <param name="Largest">The mutant that took the most managed memory.</param>
/// <param name="Findings">Texts of the findings.</param>
public sealed record FuzzSummary(
    FuzzPlan Plan, TimeSpan Elapsed, long RunNow, IReadOnlyList<string> Stages, long[,] Counts,
    (long Index, double Milliseconds) Slowest, (long Index, long Bytes) Largest, IReadOnlyList<string> Findings)
{
    /// <summary>All results.</summary>
    internal static IReadOnlyList<FuzzResult> Results { get; } = Enum.GetValues<FuzzResult>();

    /// <summary>Mutants that ended so.</summary>
    public long Total(FuzzResult result) => Stages.Select((_, stage) => Counts[(int)result, stage]).Sum();

    /// <summary>Mutants that were run.</summary>
    public long Done => Results.Sum(Total);

    /// <summary>Mutants that ended as none may.</summary>
    public long FindingCount => Done - Total(FuzzResult.Passed) - Total(FuzzResult.Refused);

    /// <summary>A line for progress: done, speed, time left.</summary>
    public string ProgressLine()
    {
        var perSecond = RunNow / Math.Max(0.001, Elapsed.TotalSeconds);
        var byCount = TimeSpan.FromSeconds(Math.Min(1e8, (Plan.Mutations - Done) / Math.Max(0.1, perSecond)));
        var byTime = Plan.Limit - Elapsed;
        var left = byCount < byTime ? byCount : byTime;
        var filled = (int)(20 * Math.Min(1.0, (double)Done / Plan.Mutations));
        return string.Create(CultureInfo.InvariantCulture, $"[{new string('#', filled)}{new string('.', 20 - filled)}] {Done:N0} of {Plan.Mutations:N0}, {perSecond:N0}/s, {left:hh\\:mm\\:ss} left, {FindingCount} findings");
    }

    /// <summary>A table of outcomes by stage in Markdown, the slowest and the largest mutant.</summary>
    public override string ToString()
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"Seed {Plan.Seed}: {Done:N0} mutants, {FindingCount} findings; {RunNow:N0} now in {Elapsed.TotalSeconds:N0} s.").AppendLine()
            .AppendLine("| outcome | " + string.Join(" | ", Stages) + " | all |")
            .AppendLine("| --- |" + string.Concat(Enumerable.Repeat(" ---: |", Stages.Count + 1)));
        foreach (var result in Results)
        {
            var cells = Stages.Select((_, stage) => Counts[(int)result, stage].ToString("N0", CultureInfo.InvariantCulture));
            text.AppendLine(CultureInfo.InvariantCulture, $"| {result} | {string.Join(" | ", cells)} | {Total(result):N0} |");
        }

        return text.AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"Slowest: mutant {Slowest.Index}, {Slowest.Milliseconds:N0} ms of processor time. Largest: mutant {Largest.Index}, {Largest.Bytes / 1048576.0:N1} MiB allocated.").ToString();
    }
}
