using System.Runtime.InteropServices;
using EdgeAI.Hal.Cpu;

namespace EdgeAI.Benchmarks;

/// <summary>What figures were measured on, without names of hosts or paths.</summary>
internal static class Machine
{
    public static string Describe(CpuDevice cpu) => $"{Platform()}, {cpu.Info.Description}, {Configuration} build.";

    /// <summary>For figures that ONNX Runtime has no part in.</summary>
    public static string Describe() => $"{Platform()}, {Configuration} build.";

    private static string Platform() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription.Split(' ')[0]} {RuntimeInformation.OSArchitecture}, {RuntimeInformation.FrameworkDescription}");

#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private static string Processor()
    {
        const string CpuInfo = "/proc/cpuinfo";
        var line = File.Exists(CpuInfo) ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? $"{RuntimeInformation.ProcessArchitecture} processor";
    }
}
