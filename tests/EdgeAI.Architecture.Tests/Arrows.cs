namespace EdgeAI.Architecture.Tests;

/// <summary>The arrows between assemblies, as docs/layout.md draws them. What is not listed is forbidden.</summary>
internal static class Arrows
{
    public static IReadOnlyDictionary<string, string[]> Allowed { get; } = new Dictionary<string, string[]>
    {
        ["EdgeAI.Hal"] = [],
        ["EdgeAI.Hal.Npu"] = ["EdgeAI.Hal"],
        ["EdgeAI.Hal.Dsp"] = ["EdgeAI.Hal"],
        ["EdgeAI.Hal.Cpu"] = ["EdgeAI.Hal"],
        ["EdgeAI.Drivers.Simulation"] = ["EdgeAI.Hal", "EdgeAI.Hal.Npu", "EdgeAI.Hal.Dsp"],
        ["EdgeAI.Graph"] = ["EdgeAI.Hal"],
        ["EdgeAI.Onnx"] = ["EdgeAI.Graph", "EdgeAI.Hal"],
        ["EdgeAI.Quantization"] = ["EdgeAI.Hal", "EdgeAI.Graph"],
        ["EdgeAI.Scheduling"] = [],
        ["EdgeAI.Runtime"] = ["EdgeAI.Hal"],
        ["EdgeAI.Compiler"] = ["EdgeAI.Hal", "EdgeAI.Graph", "EdgeAI.Onnx", "EdgeAI.Scheduling", "EdgeAI.Runtime", "EdgeAI.Hal.Npu", "EdgeAI.Hal.Dsp"],
        ["EdgeAI.Audio"] = ["EdgeAI.Hal"],
        ["EdgeAI.Vision"] = ["EdgeAI.Hal"],
        ["EdgeAI"] = ["EdgeAI.Hal", "EdgeAI.Hal.Npu", "EdgeAI.Hal.Dsp", "EdgeAI.Hal.Cpu", "EdgeAI.Graph", "EdgeAI.Onnx", "EdgeAI.Quantization", "EdgeAI.Scheduling", "EdgeAI.Compiler", "EdgeAI.Runtime"],
    };

    /// <summary>Packages that libraries of hal and sdk may use beside the framework.</summary>
    public static IReadOnlySet<string> AllowedPackages { get; } = new HashSet<string> { "System.Numerics.Tensors", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.DependencyInjection.Abstractions" };
}
