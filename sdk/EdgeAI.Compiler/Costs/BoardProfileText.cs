using System.Text;

namespace EdgeAI.Compiler.Costs;

/// <summary>Every figure of a profile as text: equal for equal profiles.</summary>
internal static class BoardProfileText
{
    public static string Of(BoardProfile profile)
    {
        var text = new StringBuilder();
        var cpu = profile.Cpu;
        Line(text, $"{profile.Name} {profile.Npu} {profile.Dsp}");
        Line(text, $"{cpu.FloatMacsPerSecond} {cpu.IntegerMacsPerSecond} {cpu.ElementsPerSecond} {cpu.MemoryBytesPerSecond} {cpu.NodeSeconds} {cpu.ActiveWatts}");
        foreach (var (device, seconds) in profile.Launches.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            Line(text, $"launch {device} {seconds}");
        }

        foreach (var (device, link) in profile.Links.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            Line(text, $"link {device} {link.BytesPerSecond} {link.LatencySeconds} {link.JoulesPerByte}");
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(FormattableString.Invariant(line));
}
