using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using EdgeAI.Compiler;
using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI;

/// <summary>Which machine measured costs are of, and where they are kept.</summary>
public static class CostMachine
{
    private const string ProcessorInfo = "/proc/cpuinfo";

    /// <summary>Processor, its number of threads in use, versions: what measured costs depend on.</summary>
    public static string Of(EdgeRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        return string.Create(CultureInfo.InvariantCulture, $"{Processor()}, {runtime.Cpu.Info.Description}, EdgeAI {BundleKey.ThisLibrary}");
    }

    /// <summary>The file for this machine's costs: in the folder that EDGEAI_COSTS names, else in the user's folder for local application data.</summary>
    public static string DefaultPath(EdgeRuntime runtime)
    {
        var folder = Environment.GetEnvironmentVariable("EDGEAI_COSTS") is { Length: > 0 } chosen ? chosen
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "edgeai");
        return Path.Combine(folder, $"costs-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Of(runtime))))[..16]}.json");
    }

    /// <summary>Reads costs of this machine from a file.</summary>
    /// <exception cref="FileNotFoundException">There is none; the message says how to make it.</exception>
    /// <exception cref="ExecutableFormatException">The file does not hold costs, or those of another machine.</exception>
    public static MeasuredCosts Read(EdgeRuntime runtime, string? path = null)
    {
        path ??= DefaultPath(runtime);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There are no measured costs of this machine at '{path}'. Measure them with 'edgeai calibrate MODEL'.", path);
        }

        try
        {
            var costs = MeasuredCosts.Read(File.ReadAllBytes(path));
            costs.CheckMachine(runtime);
            return costs;
        }
        catch (ExecutableFormatException error)
        {
            throw new ExecutableFormatException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Refuses costs of another machine.</summary>
    internal static void CheckMachine(this MeasuredCosts costs, EdgeRuntime runtime)
    {
        if (costs.Machine != Of(runtime))
        {
            throw new ExecutableFormatException($"Measured costs: they are of '{costs.Machine}'; this is '{Of(runtime)}'. Measure again with 'edgeai calibrate MODEL'.");
        }
    }

    private static string Processor()
    {
        const string Key = "model name";
        var line = File.Exists(ProcessorInfo) ? File.ReadLines(ProcessorInfo).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? $"{RuntimeInformation.OSArchitecture} processor of {Environment.ProcessorCount} threads";
    }
}
