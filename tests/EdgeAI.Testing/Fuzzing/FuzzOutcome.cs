namespace EdgeAI.Testing.Fuzzing;

/// <summary>How a mutant ended.</summary>
public enum FuzzResult
{
    /// <summary>It is a model still and went through every stage.</summary>
    Passed,
    /// <summary>A typed error refused it.</summary>
    Refused,
    /// <summary>An untyped error, or a model that is not equal after writing: a finding.</summary>
    Fault,
    /// <summary>More processor time than its size allows: a finding.</summary>
    TooSlow,
    /// <summary>More managed memory than its size allows: a finding.</summary>
    TooLarge,
    /// <summary>The process died: a finding.</summary>
    Died,
    /// <summary>The process came to no end: a finding.</summary>
    Hung,
}

/// <summary>What came of a mutant.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Stage">The stage that it ended in.</param>
/// <param name="Detail">The error's text; empty when it passed.</param>
/// <param name="Milliseconds">Processor time.</param>
/// <param name="AllocatedBytes">Managed bytes.</param>
public sealed record FuzzOutcome(FuzzResult Result, string Stage, string Detail, double Milliseconds, long AllocatedBytes)
{
    /// <summary>True for what must not happen.</summary>
    public bool IsFinding => Result is not (FuzzResult.Passed or FuzzResult.Refused);

    /// <summary>
    /// The same for findings of one cause: kind, stage, for errors the type and the place that threw, for a process that died its exit code and
    /// the first line it wrote, else the first line of the detail.
    /// </summary>
    public string Signature => IsFinding && Cause is { Length: > 0 } cause ? $"{Result} in {Stage}: {cause}" : $"{Result} in {Stage}";

    private string Cause
    {
        get
        {
            var lines = Detail.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return Result == FuzzResult.Fault ? string.Join(' ', lines.Where((line, index) => index == 0 || line.StartsWith("at EdgeAI", StringComparison.Ordinal)).Take(3).Select(Short))
                : string.Join("; ", lines.Take(Result == FuzzResult.Died ? 2 : 1));
        }
    }

    private static string Short(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var bracket = line.IndexOf('(', StringComparison.Ordinal);
        return line.StartsWith("at ", StringComparison.Ordinal) ? line[..(bracket < 0 ? line.Length : bracket)] : line[..(colon < 0 ? line.Length : colon)];
    }
}
