using EdgeAI.Testing;

namespace EdgeAI.Conformance.Cases;

/// <summary>
/// A row of manifest.txt: what a case comes to with the CPU alone and with accelerators forced, the accelerators that run a part of
/// it, and why it does not pass.
/// </summary>
internal sealed record ManifestRow(string Case, CaseOutcome Cpu, CaseOutcome Accelerated, string Accelerators, string Skip)
{
    /// <summary>True where the case passes on every device set.</summary>
    public bool IsPass => Cpu == CaseOutcome.Pass && Accelerated == CaseOutcome.Pass;

    /// <summary>True where the machine decides: the case may pass as well.</summary>
    public bool DependsOnMachine => Skip == "locale";

    /// <summary>What the case is expected to come to on a device set.</summary>
    public CaseOutcome On(string set) => set == DeviceSet.Accelerated.Name ? Accelerated : Cpu;
}

/// <summary>manifest.txt lists every case of the archives; skips.txt explains the reasons of those that do not pass.</summary>
internal static class Manifest
{
    /// <summary>The rows in the order of their names.</summary>
    public static IReadOnlyList<ManifestRow> Rows { get; } = [.. TextTable.Read("manifest.txt").Select(Row)];

    /// <summary>Reasons with their explanations.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = TextTable.Read("skips.txt").ToDictionary(cells => cells[0], cells => cells[1]);

    /// <summary>One outcome, or "refused/pass" where the device sets differ.</summary>
    private static ManifestRow Row(string[] cells)
    {
        var outcomes = cells[1].Split('/').Select(text => Enum.Parse<CaseOutcome>(text, ignoreCase: true)).ToList();
        return new(cells[0], outcomes[0], outcomes[^1], cells.ElementAtOrDefault(2) ?? "", cells.ElementAtOrDefault(3) ?? "");
    }
}
